{{/* Name of every resource of the release. */}}
{{- define "forteapp.fullname" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Labels that never change over the life of a release. */}}
{{- define "forteapp.selectorLabels" -}}
app.kubernetes.io/name: {{ include "forteapp.fullname" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "forteapp.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "forteapp.selectorLabels" . }}
{{- with .Values.app.image.tag }}
app.kubernetes.io/version: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "forteapp.image" -}}
{{- $repository := required "app.image.repository is required" .Values.app.image.repository -}}
{{- $tag := required "app.image.tag is required" .Values.app.image.tag -}}
{{- printf "%s:%s" $repository (toString $tag) -}}
{{- end -}}

{{- define "forteapp.databaseName" -}}
{{- printf "%s-db" (include "forteapp.fullname" .) -}}
{{- end -}}

{{- define "forteapp.tlsSecretName" -}}
{{- printf "%s-tls" (include "forteapp.fullname" .) -}}
{{- end -}}

{{/* The Secret with the static tokens: an existing one, or that of this release. */}}
{{- define "forteapp.tokenSecretName" -}}
{{- if .Values.auth.tokenSecretName -}}
{{- .Values.auth.tokenSecretName -}}
{{- else -}}
{{- printf "%s-auth-tokens" (include "forteapp.fullname" .) -}}
{{- end -}}
{{- end -}}

{{/* Annotations by which Kyverno injects the authentication proxy. */}}
{{- define "forteapp.authAnnotations" -}}
policies.forteapps.io/auth: "true"
policies.forteapps.io/auth-mode: {{ .Values.auth.mode | quote }}
policies.forteapps.io/auth-upstream-port: {{ .Values.app.port | quote }}
{{- if eq .Values.auth.mode "oidc" }}
policies.forteapps.io/auth-oidc-issuer: {{ required "auth.oidc.issuerUrl is required" .Values.auth.oidc.issuerUrl | quote }}
policies.forteapps.io/auth-oidc-client-id: {{ required "auth.oidc.clientId is required" .Values.auth.oidc.clientId | quote }}
policies.forteapps.io/auth-oidc-secret-name: {{ required "auth.oidc.secretName is required" .Values.auth.oidc.secretName | quote }}
{{- else }}
policies.forteapps.io/auth-token-secret-name: {{ include "forteapp.tokenSecretName" . | quote }}
{{- end }}
{{- end -}}
