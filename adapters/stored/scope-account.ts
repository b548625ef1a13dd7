/** Account of a scope. Every scope reads `<type>#<account>` and, after another `#`, what it is about. */
export function accountOf(scope: string): string {
  const start = scope.indexOf('#') + 1;
  const end = scope.indexOf('#', start);
  return end === -1 ? scope.slice(start) : scope.slice(start, end);
}
