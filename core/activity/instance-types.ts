import { sizeInCloud } from './cloud-sizes.ts';

/** `p5.48xlarge` → `p5`, `Standard_D4s_v5` → `Standard_Ds_v5`, `n2-standard-4` → `n2`. What is none of these is its own family. */
export const instanceFamily = (type: string): string =>
  sizeInCloud(type)?.family ?? type.split('.', 1)[0] ?? type;

/** vCPUs of one `xlarge`, in every family: EC2's sizes are multiples of it. */
const PER_XLARGE = 4;

/**
 * Families with GPUs, FPGAs or machine-learning chips: what miners and model thieves launch.
 * Source: EC2 "Accelerated computing" instance list (p, g, gr, inf, trn, f, vt, dl).
 */
const ACCELERATED_FAMILY = /^(p\d|g\d|gr\d|inf\d|trn\d|f\d|vt\d|dl\d|any-accelerated\b)/;

/** vCPUs that go with one accelerator at the least: a p4d has 96 for eight. */
const PER_ACCELERATOR = 12;

/**
 * The type that stands for instances chosen by attributes (`InstanceRequirements`): `any.24xlarge` for at least 96 vCPUs,
 * `any-accelerated.24xlarge` where accelerators are asked for, whatever AWS then gives.
 */
export function typeByAttributes(vcpus: number, accelerators: number): string {
  const size = Math.ceil(Math.max(vcpus, PER_ACCELERATOR * accelerators, 1) / PER_XLARGE);
  return `${accelerators > 0 ? 'any-accelerated' : 'any'}.${size > 1 ? size : ''}xlarge`;
}

/** How a type is called in a sentence. The one that stands for a choice by attributes is no name that AWS knows. */
export const typeName = (type: string): string =>
  type.startsWith('any-accelerated.') ? 'any accelerated type' : type.startsWith('any.') ? 'any type' : type;

export const isAccelerated = (type: string): boolean =>
  sizeInCloud(type)?.accelerated ?? ACCELERATED_FAMILY.test(type);

/** Multiples of `xlarge` in a size, e.g. `24xlarge` → 24, `large` → 0.5; bare metal counts as a whole host. */
export function sizeOf(type: string): number {
  const other = sizeInCloud(type);
  if (other !== undefined) return other.vcpus / PER_XLARGE;
  const size = type.split('.')[1] ?? '';
  const multiple = /^(\d+)xlarge$/.exec(size)?.[1];
  if (multiple !== undefined) return Number(multiple);
  const metal = /^metal(?:-(\d+)xl)?$/.exec(size);
  if (metal !== null) return metal[1] === undefined ? 24 : Number(metal[1]);
  return size === 'xlarge' ? 1 : 0.5;
}

/** vCPUs of a type, about: two for `large` and anything smaller, which small burstable ones have, too. */
export const vcpusOf = (type: string): number => Math.max(2, PER_XLARGE * sizeOf(type));

/** vCPUs that a launch asked for; of several types the largest. */
export const capacityOf = ({
  count,
  types,
}: {
  readonly count: number;
  readonly types: readonly string[];
}): number => count * Math.max(0, ...types.map(vcpusOf));

/** A whole host: 96 vCPUs and more, or bare metal. */
export const isVeryLarge = (type: string): boolean => sizeOf(type) >= WHOLE_HOST;

const WHOLE_HOST = 24;
/** vCPUs of a whole host. */
export const HOST_VCPUS = WHOLE_HOST * PER_XLARGE;

/** Whether a miner would want what is launched or planned. */
export const isCostly = (wanted: { readonly types: readonly string[] } | undefined): boolean =>
  (wanted?.types ?? []).some((type) => isAccelerated(type) || isVeryLarge(type));

/** Values under which habits of accelerated and very large instances are kept beside the families. */
export const ACCELERATED = 'accelerated';
export const VERY_LARGE = 'very large';
