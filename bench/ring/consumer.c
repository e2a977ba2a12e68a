/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest consumer of a BPF ring buffer: what ours is measured against. Descriptor 3 is the ring, the arguments
 * its size in bytes and `place`: look at each record where it lies, at its kind alone; or `copy`: copy whole records
 * out, 128 KiB at most before their room is given back, as somebody must who wants to use them afterwards.
 *
 * Commands on standard input, an answer each: `drain` empties the ring; `live N` goes on until N records were seen.
 * Answer: records, bytes, nanoseconds.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define RING 3
#define BUSY 0x80000000u
#define DISCARD 0x40000000u
#define KIND_AT 12

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint64_t *consumer;
static uint64_t *producer;
static const uint8_t *data;
static uint64_t size, kinds[256], bytes;
static uint8_t span[1 << 17];
static int copies;

static uint64_t consume(void)
{
	uint64_t start = *consumer, at = start, until = __atomic_load_n(producer, __ATOMIC_ACQUIRE), records = 0;

	while (at < until) {
		const uint8_t *record = data + (at & (size - 1));
		uint32_t head = __atomic_load_n((const uint32_t *)record, __ATOMIC_ACQUIRE);
		uint32_t length = head & ~(BUSY | DISCARD);
		uint64_t next = at + ((length + 8 + 7) & ~7ull);

		if (head & BUSY || (copies && next - start > sizeof(span)))
			break;
		if (copies)
			memcpy(span + (at - start), record, next - at);
		else
			kinds[record[KIND_AT]]++;
		bytes += length;
		records++;
		at = next;
	}
	__atomic_store_n(consumer, at, __ATOMIC_RELEASE);
	return records;
}

int main(int argc, char **argv)
{
	long page = sysconf(_SC_PAGESIZE);
	struct epoll_event event = {.events = EPOLLIN};
	int epoll = epoll_create1(0);
	char line[64];

	if (argc != 3)
		return 64;
	copies = !strcmp(argv[2], "copy");
	size = strtoull(argv[1], NULL, 10);
	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, RING, 0);
	producer = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, RING, page);
	if (consumer == MAP_FAILED || producer == MAP_FAILED || epoll_ctl(epoll, EPOLL_CTL_ADD, RING, &event))
		return 1;
	data = (const uint8_t *)producer + page;
	while (fgets(line, sizeof(line), stdin)) {
		uint64_t wanted = strncmp(line, "live ", 5) ? 0 : strtoull(line + 5, NULL, 10), records = 0, start;

		bytes = 0;
		while (wanted && *consumer == __atomic_load_n(producer, __ATOMIC_ACQUIRE))
			epoll_wait(epoll, &event, 1, 1);
		start = now();
		for (;;) {
			uint64_t more = consume();

			records += more;
			if (wanted ? records >= wanted : !more)
				break;
			if (!more)
				epoll_wait(epoll, &event, 1, 1);
		}
		printf("%lu %lu %lu\n", (unsigned long)records, (unsigned long)bytes, (unsigned long)(now() - start));
		fflush(stdout);
	}
	return 0;
}
