"""Rule ``private-file-committed``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, file_start
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.secrets.private_files import find_private_files
from graphdoc.rules.rule import rule

__all__ = ["private_file_committed"]


@rule("private-file-committed", severity=Severity.ERROR)
def private_file_committed(estate: Estate) -> Iterator[Problem]:
    """A file that was meant to stay local is committed.

    It lies under a path that the repository's `.gitignore` keeps local (names with `private`,
    `secret`, `credential`, `kubeconfig`, or of key files), or it is a private key in a file of its
    own. Left out are fixtures, and what gives nothing away: what is sealed or empty, certificates
    and public keys, Secrets that are yet to be filled in, files of variables (`.env`) that hold
    nothing but settings, and documents, kustomizations and templates of charts that a pattern for
    names (`secret-*`) happens to fit.

    ## Why is this bad?

    Whoever can read the repository has it, and a later commit does not take it out of the history.
    Mostly it was added by force, or before the line in `.gitignore`.

    ## Example

    ```yaml
    -- launchpad/.gitignore --
    private/
    -- launchpad/private/credentials.txt --
    user=admin  # expect: private-file-committed
    ```

    ## Use instead

    ```yaml
    -- launchpad/.gitignore --
    private/
    -- launchpad/public/readme.txt --
    Nothing to hide.
    ```

    ## References

    - [Git: gitignore](https://git-scm.com/docs/gitignore)
    """
    for found in find_private_files(estate):
        yield Problem(
            f"{found.file} is committed, {found.reason}",
            Location(file_start(found.file), "committed"),
            (Location(found.rule, "kept local here"),) if found.rule is not None else (),
            str(found.file),
        )
