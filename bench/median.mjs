// The middle of what was measured: a single slow round says something of the machine alone.

export const sorted = (list) => [...list].sort((a, b) => a - b);

export const median = (list) => sorted(list)[Math.floor(list.length / 2)];
