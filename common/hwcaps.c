// SPDX-License-Identifier: MIT
/* Folders of libraries for newer processors; see hwcaps.h. */
#include "hwcaps.h"

#include <elf.h>
#include <sys/auxv.h>
#include "util.h"

/* By level, from 2 on. */
static const struct {
	uint16_t machine;
	char names[HWCAPS_LEVEL_MAX - 1][10];
} machines[] = {
	{EM_X86_64, {"x86-64-v2", "x86-64-v3", "x86-64-v4"}}, {EM_S390, {"z13", "z14", "z15", "z16"}}};

const char *hwcaps_name(uint16_t machine, unsigned int level)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine == machine && level >= 2 && level <= HWCAPS_LEVEL_MAX &&
			*machines[i].names[level - 2])
			return machines[i].names[level - 2];
	return NULL;
}

unsigned int hwcaps_level(uint16_t machine, const char *name)
{
	unsigned int level;
	const char *folder;

	for (level = HWCAPS_LEVEL_MAX; level >= 2; level--) {
		folder = hwcaps_name(machine, level);
		if (folder && string_equal(folder, name))
			return level;
	}
	return 0;
}

#ifdef __x86_64__
#include <cpuid.h>

/* The bits of each level, as the psABI lists them, and the registers' state that the system must save for them. */
#define V2_ECX1                                               \
	(1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | \
		1u << 23)  /* SSE3 SSSE3 CX16 SSE4.1 SSE4.2 POPCNT */
#define V2_ECX81 (1u << 0) /* LAHF */
#define V3_ECX1 (1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29) /* FMA MOVBE OSXSAVE AVX F16C */
#define V3_EBX7 (1u << 3 | 1u << 5 | 1u << 8)                          /* BMI1 AVX2 BMI2 */
#define V3_ECX81 (1u << 5)                                             /* LZCNT */
#define V3_STATE 0x06u
#define V4_EBX7 (1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31) /* AVX512 F DQ CD BW VL */
#define V4_STATE 0xe6u

static uint32_t saved_state(void)
{
	uint32_t eax, edx;

	__asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
	return eax;
}

static int has(uint32_t value, uint32_t bits)
{
	return (value & bits) == bits;
}

static unsigned int running(void)
{
	uint32_t eax, ebx, ecx1 = 0, ebx7 = 0, ecx81 = 0, ecx, edx, state;

	if (!__get_cpuid(1, &eax, &ebx, &ecx1, &edx) || !__get_cpuid(0x80000001u, &eax, &ebx, &ecx81, &edx) ||
		!has(ecx1, V2_ECX1) || !has(ecx81, V2_ECX81))
		return 1;
	if (!__get_cpuid_count(7, 0, &eax, &ebx7, &ecx, &edx) || !has(ecx1, V3_ECX1) || !has(ebx7, V3_EBX7) ||
		!has(ecx81, V3_ECX81))
		return 2;
	state = saved_state();
	if (!has(state, V3_STATE))
		return 2;
	return has(ebx7, V4_EBX7) && has(state, V4_STATE) ? 4 : 3;
}
#define RUNNING_MACHINE EM_X86_64
#elif defined(__s390x__)
/* Of each level (asm/elf.h): VX; VXD, VXE and GS; VXRS_EXT2 and VXRS_PDE; VXRS_PDE2. */
static unsigned int running(void)
{
	static const unsigned long levels[] = {1ul << 11, 7ul << 12, 3ul << 15, 1ul << 19};
	unsigned long has = getauxval(AT_HWCAP);
	unsigned int i = 0;

	while (i < ARRAY_SIZE(levels) && (has & levels[i]) == levels[i])
		i++;
	return 1 + i;
}

#define RUNNING_MACHINE EM_S390
#else
static unsigned int running(void)
{
	return 1;
}

#define RUNNING_MACHINE EM_NONE
#endif

unsigned int hwcaps_running(uint16_t machine)
{
	return machine == RUNNING_MACHINE ? running() : 1;
}
