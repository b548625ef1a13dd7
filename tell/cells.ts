/** Px: a cell is as wide as a letter of a 13 px font is at most on average, so that text fits whatever the font. */
export const CELL = 7.4;
export const BOLD_CELL = 8.4;
