/** What an account is called in its organisation, where that is known. */
export interface AccountNaming {
  readonly accountName?: string | undefined;
  /** The organisational unit that it is in. */
  readonly unit?: { readonly id: string; readonly name: string } | undefined;
}
