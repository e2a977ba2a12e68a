/* What the files of this library share. */
#ifndef LICTOR_PRIVATE_H
#define LICTOR_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

struct lictor_bundle {
	char digest[65];
	uint8_t *program;
	size_t program_size;
	/* by number */
	struct rule {
		uint32_t policy;
		char *name;
	} *rule;
	size_t rules;
};

#endif
