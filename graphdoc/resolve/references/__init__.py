"""Resources that name others which nothing makes."""
