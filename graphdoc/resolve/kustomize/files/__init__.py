"""The files of a build: directories, what they may read, and what was noted on the way."""
