declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB server in this process, its tables in memory. */
  export default function dynalite(options?: {
    createTableMs?: number;
    deleteTableMs?: number;
    maxItemSizeKb?: number;
  }): Server;
}
