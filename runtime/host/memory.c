/*
 * The engine's memory.
 *
 * Theory of operation. The engine allocates thousands of small blocks, for which the general allocator of the C library
 * costs time and space in each (and musl's may ask the kernel anew for each of the middling ones). So all but
 * the largest come from one region of address space, reserved at the first use and given memory step by step. Blocks
 * are of some fifty sizes, the classes: each multiple of 16 bytes up to 256, then four to each doubling. A table
 * tells the class of each grain of 64 bytes, so a block needs no header. A free block is the link to the next one of its class.
 * Larger blocks, and all when the region is full, come from malloc, with their size in front. Blocks do not go back
 * to the region: what was needed once will be needed again.
 */
#define _GNU_SOURCE
#include "host.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

enum {
    FINE = 16,         /* between the classes up to FINE_MAX */
    FINE_MAX = 256,
    FINE_CLASSES = FINE_MAX / FINE,
    COARSE_MAX = 8192, /* five doublings above FINE_MAX */
    CLASSES = FINE_CLASSES + 5 * 4,
    GRAIN = 64,        /* divides the sizes of all classes above FINE_MAX, and RUN */
    RUN = 1024,        /* cut into blocks of one fine class */
    STEP = 128 * 1024,
    REGION = 16 * 1024 * 1024,
};

typedef struct Free { struct Free *next; } Free;
/* In front of a block from malloc. */
typedef struct { _Alignas(16) size_t size; } Header;

static char *region, *region_end, *unused, *usable_end;
static Free *free_blocks[CLASSES];
static unsigned char class_at[REGION / GRAIN];

/* The class for blocks of 1 to COARSE_MAX bytes. */
static unsigned class_for(size_t size)
{
    if (size <= FINE_MAX)
        return (unsigned)(size - 1) / FINE;
    unsigned doubling = 0;
    while (size > (size_t)FINE_MAX << (doubling + 1))
        doubling++;
    const size_t low = (size_t)FINE_MAX << doubling; /* low < size <= 2 * low */
    return FINE_CLASSES + doubling * 4 + (unsigned)((size - low - 1) / (low / 4));
}

static size_t size_of(unsigned class)
{
    if (class < FINE_CLASSES)
        return ((size_t)class + 1) * FINE;
    const unsigned coarse = class - FINE_CLASSES;
    const size_t low = (size_t)FINE_MAX << coarse / 4;
    return low + (coarse % 4 + 1) * (low / 4);
}

static bool in_region(const void *block)
{
    return (const char *)block >= region && (const char *)block < region_end;
}

static unsigned class_of(const void *block)
{
    return class_at[(size_t)((const char *)block - region) / GRAIN];
}

static size_t usable_size(const void *block)
{
    if (!block)
        return 0;
    return in_region(block) ? size_of(class_of(block)) : ((const Header *)block - 1)->size;
}

/* Address space only: memory comes with the first use of a page. Less will do, and so will none. */
static void reserve(void)
{
    for (size_t size = REGION; size >= STEP; size /= 2) {
        void *start = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0);
        if (start == MAP_FAILED)
            continue;
#ifdef MADV_DONTFORK
        /* A child has no use for it. To share it page by page is most of what a fork costs, and then each page is copied anew here. */
        madvise(start, size, MADV_DONTFORK);
#endif
        region = unused = usable_end = start;
        region_end = region + size;
        return;
    }
}

/* Cut new blocks of a class from the region. */
static bool add_blocks(unsigned class)
{
    const size_t size = size_of(class), room = size < RUN && class < FINE_CLASSES ? RUN : size;
    if (!region)
        reserve();
    while ((size_t)(usable_end - unused) < room) {
        if (usable_end == region_end || mprotect(usable_end, STEP, PROT_READ | PROT_WRITE) < 0)
            return false;
        usable_end += STEP;
    }
    memset(class_at + (size_t)(unused - region) / GRAIN, (int)class, room / GRAIN);
    for (size_t offset = room / size * size; offset > 0;) {
        offset -= size;
        Free *block = (Free *)(void *)(unused + offset);
        block->next = free_blocks[class];
        free_blocks[class] = block;
    }
    unused += room;
    return true;
}

static void *take(size_t size)
{
    if (size <= COARSE_MAX) {
        const unsigned class = class_for(size ? size : 1);
        if (free_blocks[class] || add_blocks(class)) {
            Free *block = free_blocks[class];
            free_blocks[class] = block->next;
            return block;
        }
    }
    if (size > SIZE_MAX - sizeof(Header))
        return NULL;
    Header *header = malloc(sizeof(Header) + size);
    if (!header)
        return NULL;
    header->size = size;
    return header + 1;
}

static void give_back(void *block)
{
    if (in_region(block)) {
        Free *freed = block;
        const unsigned class = class_of(block);
        freed->next = free_blocks[class];
        free_blocks[class] = freed;
    } else {
        free((Header *)block - 1);
    }
}

/* ---- as the engine wants it: counted, since the counts decide when it collects garbage ---- */

static void *engine_malloc(JSMallocState *state, size_t size)
{
    void *block = take(size);
    if (block) {
        state->malloc_count++;
        state->malloc_size += usable_size(block);
    }
    return block;
}

static void engine_free(JSMallocState *state, void *block)
{
    if (!block)
        return;
    state->malloc_count--;
    state->malloc_size -= usable_size(block);
    give_back(block);
}

static void *engine_realloc(JSMallocState *state, void *block, size_t size)
{
    if (!block)
        return size ? engine_malloc(state, size) : NULL;
    if (size == 0) {
        engine_free(state, block);
        return NULL;
    }
    const size_t old_size = usable_size(block);
    if (in_region(block) && size <= COARSE_MAX && class_for(size) == class_of(block))
        return block;
    void *moved = engine_malloc(state, size);
    if (!moved)
        return NULL;
    memcpy(moved, block, old_size < size ? old_size : size);
    engine_free(state, block);
    return moved;
}

const JSMallocFunctions memory_functions = { engine_malloc, engine_free, engine_realloc, usable_size };
