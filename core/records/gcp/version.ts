/** A method's name without the version of its interface, which the console and tools choose: `compute.instances.insert`. */
export const unversioned = (method: string): string => method.replace(/^(?:v\d+|beta|alpha)\./, '');

/**
 * The same for a table, in lower case: without a version within, as in `google.container.v1beta1.ClusterManager.CreateCluster`, and
 * `compute.regionDisks.insert` as `compute.disks.insert`, which is asked the same.
 */
export const tabled = (method: string): string => {
  const name = method.toLowerCase();
  if (name.startsWith('google.')) return name.replace(/\.v\d+(?:(?:alpha|beta)\d*)?\./, '.');
  return name.startsWith('compute.region') ? name.replace('compute.region', 'compute.') : name;
};
