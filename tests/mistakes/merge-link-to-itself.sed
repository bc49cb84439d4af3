# An object is linked with itself.
# lib/core/object.c
/^link_new(/,/^}/s/!there && .*/!there;/
