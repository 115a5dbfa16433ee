"""The resources of a build: their trees and ids, and which of them a selector means."""
