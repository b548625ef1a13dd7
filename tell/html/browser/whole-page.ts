const root = document.documentElement;

/** How long it is said that something was copied, ms. */
const SAID = 1500;

/** Makes the button beside each command copy it. */
export function copyOnClick(): void {
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLElement>('[data-copy]');
    const text = button?.parentElement?.querySelector('pre')?.textContent;
    if (button === null || text === undefined || text === null) return;
    void copy(text).then((done) => {
      button.textContent = done ? 'Copied' : 'Select it';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, SAID);
    });
  });
}

/** The clipboard where there is one; else the text is left to be selected. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Prints what was chosen: of the findings that stand in the page without script, those that the filters show. */
export function printChosen(shown: () => readonly boolean[]): void {
  addEventListener('beforeprint', () => {
    const chosen = shown();
    for (const list of ['#static article', '#static .contents tbody tr'])
      for (const [index, one] of document.querySelectorAll<HTMLElement>(list).entries())
        one.hidden = chosen[index] === false;
  });
}

/** From dark to light, or back. */
export function turn(): void {
  const dark =
    root.dataset.theme === undefined
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : root.dataset.theme === 'dark';
  root.dataset.theme = dark ? 'light' : 'dark';
}
