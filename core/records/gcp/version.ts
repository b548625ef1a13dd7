/** A method's name without the version of its interface, which the console and tools choose: `compute.instances.insert`. */
export const unversioned = (method: string): string => method.replace(/^(?:v\d+|beta|alpha)\./, '');

/** The same for a table: in lower case, and without a version within, as in `google.container.v1beta1.ClusterManager.CreateCluster`. */
export const tabled = (method: string): string =>
  method.startsWith('google.')
    ? method.replace(/\.v\d+(?:(?:alpha|beta)\d*)?\./, '.').toLowerCase()
    : method.toLowerCase();
