"""What runs MkDocs and stands in it: plugin, navigation, checks of what comes out."""
