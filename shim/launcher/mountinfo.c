/* The mounts of this namespace, from /proc/self/mountinfo. */
#define _GNU_SOURCE
#include "launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* proc(5): space, tab, newline and backslash are written as three octal digits. */
static void unescape(char *text)
{
	char *to = text;
	for (char *from = text; *from; to++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] && from[3]) {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = 0;
}

/* ID PARENT MAJOR:MINOR ROOT POINT OPTIONS FIELD… - TYPE SOURCE OPTIONS */
static bool parse(char *line, struct mount *mount)
{
	char *point = line, *type = strstr(line, " - ");
	for (int i = 0; i < 4 && point; i++)
		point = strchr(point, ' ') ? strchr(point, ' ') + 1 : NULL;
	if (!point || !type)
		return false;
	type += 3;
	type[strcspn(type, " ")] = 0;
	point[strcspn(point, " ")] = 0;
	unescape(point);
	*mount = (struct mount){.id = strtoull(line, NULL, 10), .point = point, .type = type};
	return true;
}

void for_each_mount(void (*each)(const struct mount *mount, void *context), void *context)
{
	/* Read whole before the first: an open of this process on a marked mount would wait for Lictor. */
	FILE *file = fopen("/proc/self/mountinfo", "re");
	if (!file)
		fail("open /proc/self/mountinfo");
	char *text = NULL;
	size_t room = 0;
	if (getdelim(&text, &room, 0, file) < 0)
		fail("read /proc/self/mountinfo");
	fclose(file);
	char *rest = NULL;
	struct mount mount;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (parse(line, &mount))
			each(&mount, context);
	free(text);
}
