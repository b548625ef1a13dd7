type Value = string | number | Readonly<{ [key: string]: Value }>;

const MARKER = Buffer.from([0xab, 0xcd, 0xef, ...Buffer.from('MaxMind.com')]);
const RECORD_BYTES = 4;

/**
 * Writes a MaxMind DB (format 2.0) of a few IPv4 networks, since no freely licensed database of autonomous systems comes
 * by npm. Records are 32 bits wide.
 *
 * @param networks CIDR → record; must not contain one another
 */
export function tinyMmdb(networks: Readonly<Record<string, Value>>): Buffer {
  /** Children by bit; a number is an index into the data. */
  type Node = [Node | number | undefined, Node | number | undefined];
  const root: Node = [undefined, undefined];
  const nodes: Node[] = [root];
  const data: Buffer[] = [];

  for (const [cidr, value] of Object.entries(networks)) {
    const [address = '', length = '32'] = cidr.split('/');
    const bits = address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('')
      .slice(0, Number(length));
    let node = root;
    for (const bit of bits.slice(0, -1)) {
      const side = Number(bit) as 0 | 1;
      let next = node[side];
      if (typeof next !== 'object') {
        next = [undefined, undefined];
        node[side] = next;
        nodes.push(next);
      }
      node = next;
    }
    node[Number(bits.at(-1)) as 0 | 1] = Buffer.concat(data).length;
    data.push(encode(value));
  }

  const tree = Buffer.alloc(nodes.length * 2 * RECORD_BYTES);
  nodes.forEach((children, index) => {
    children.forEach((child, side) => {
      const target =
        child === undefined
          ? nodes.length
          : typeof child === 'number'
            ? nodes.length + 16 + child
            : nodes.indexOf(child);
      tree.writeUInt32BE(target, (index * 2 + side) * RECORD_BYTES);
    });
  });
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_767_225_600,
    database_type: 'Test',
    description: 'test',
    ip_version: 4,
    languages: 'en',
    node_count: nodes.length,
    record_size: RECORD_BYTES * 8,
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, MARKER, metadata]);
}

/** Types of the format: 2 text, 6 unsigned 32-bit, 7 map. */
function encode(value: Value): Buffer {
  if (typeof value === 'string')
    return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([key, item]) => [encode(key), encode(item)]),
  ]);
}

/** Three bits of type and five of size; 29 means that the next byte says how much more. */
const control = (type: number, size: number): Buffer =>
  size < 29 ? Buffer.from([(type << 5) | size]) : Buffer.from([(type << 5) | 29, size - 29]);
