/** What a size of another cloud than AWS comes to. */
interface Size {
  readonly family: string;
  readonly vcpus: number;
  readonly accelerated: boolean;
}

/** One row a cloud: how its sizes are written, the vCPUs that they say, and which of them have accelerators. */
interface Cloud {
  readonly written: RegExp;
  readonly family: (type: string) => string;
  readonly vcpus: (type: string) => number;
  readonly accelerated: RegExp;
}

/** vCPUs that go with one accelerator where a size counts these: a2 has 12, all later series more. */
const PER_ACCELERATOR = 12;

/** The first number of what stands in a name; of a constrained size (`E64-16s`) what is paid for. */
const numberIn = (text: string): number => Number(/\d+/.exec(text)?.[0] ?? 1);

const CLOUDS: readonly Cloud[] = [
  {
    // `Standard_NC24ads_A100_v4`: family letters, vCPUs, features, accelerator, version.
    // Source: learn.microsoft.com/azure/virtual-machines/vm-naming-conventions; N is every GPU and FPGA family.
    written: /^(?:standard|basic)_/i,
    family: (type) => type.replace(/^(standard|basic)_([a-z]+)\d+(?:-\d+)?/i, '$1_$2'),
    vcpus: (type) => numberIn(type.replace(/^[a-z]+_/i, '')),
    accelerated: /^(?:standard|basic)_n/i,
  },
  {
    // An accelerator that is added to a machine is named beside its type.
    // Source: cloud.google.com/compute/docs/gpus, resource type acceleratorTypes.
    written: /^(?:nvidia-|ct\d|tpu)/,
    family: (type) => type,
    vcpus: () => 2,
    accelerated: /./,
  },
  {
    // `n2-standard-8`, `custom-4-8192`, `n2-custom-4-8192`, `a2-highgpu-8g`, `c3-standard-176-metal`, `e2-micro`.
    // Source: cloud.google.com/compute/docs/machine-resource; a2 to a4 and g2 to g4 come with GPUs.
    written: /^(?:custom|[a-z]{1,2}\d[a-z]{0,2})-[a-z0-9-]+$/,
    family: (type) => type.split('-', 1)[0] ?? type,
    vcpus: (type) => {
      const gpus = /-(\d+)g(?:-|$)/.exec(type)?.[1];
      if (gpus !== undefined) return PER_ACCELERATOR * Number(gpus);
      return Number(
        /(?:^|-)(?:custom|standard|highmem|highcpu|ultramem|megamem|hypermem)[a-z]*-(\d+)/.exec(type)?.[1] ??
          2,
      );
    },
    accelerated: /^[ag]\d/,
  },
];

const known = new Map<string, Size | null>();
/** Sizes remembered: clouds have some hundreds, and who calls may invent any number. */
const MAX_KNOWN = 2000;

/** What a size of Azure or Google comes to; undefined for a type of EC2, or anything else. */
export function sizeInCloud(type: string): Size | undefined {
  const before = known.get(type);
  if (before !== undefined) return before ?? undefined;
  // a type of EC2 has a dot
  const cloud = type.includes('.') ? undefined : CLOUDS.find(({ written }) => written.test(type));
  const size =
    cloud === undefined
      ? null
      : { family: cloud.family(type), vcpus: cloud.vcpus(type), accelerated: cloud.accelerated.test(type) };
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(type, size);
  return size ?? undefined;
}
