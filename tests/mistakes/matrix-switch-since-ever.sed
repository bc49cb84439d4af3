# The switches are taken to stand since any version with the same ones.
# lib/core/matrix.c
/^catalog_switched(/,/^}/{
	s/size_t	 i = count;/size_t	 i = 1;/
	s/while (i > 1 \&\& str_eq(editions\[i - 2\]\.disabled,/while (!str_eq(editions[i - 1].disabled,/
	s/i--;/i++;/
}
