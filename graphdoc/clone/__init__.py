"""Local clones on the disk: the only package that reads the analysed repositories.

Nothing of a clone is run: Git is asked for facts with its hooks, monitors and filters switched off,
and with arguments that a repository cannot turn into options. Nothing is written but by
``rewrite``, for ``check --fix``.
"""

from graphdoc.clone.disk import BareClone, DiskClone, GitClone, open_clone

__all__ = ["BareClone", "DiskClone", "GitClone", "open_clone"]
