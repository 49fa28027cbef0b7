// What was measured, as a table for people and as JSON for what compares it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

type Figure = {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: number | null;
};

export class Figures {
  private readonly about: string;
  private readonly all: Figure[] = [];

  constructor(about: string) {
    this.about = about;
  }

  add(what: string, value: number, unit: string, goal: number | null): void {
    const figure = { what, value: Math.round(value * 10) / 10, unit, goal };
    this.all.push(figure);
    console.warn(lineOf(figure));
  }

  /** The median and the 95th of a hundred. */
  spread(what: string, measured: readonly { readonly ms: number }[], goal: number | null): void {
    const times = measured.map(({ ms }) => ms).toSorted((one, other) => one - other);
    const at = (share: number) => times[Math.ceil(times.length * share) - 1];
    const [median, late] = [at(0.5), at(0.95)];
    if (median === undefined || late === undefined) return;
    this.add(`${what}, median of ${times.length}`, median, 'ms', goal);
    this.add(`${what}, p95`, late, 'ms', goal);
  }

  /** Prints the table, and writes the JSON. */
  tell(path: string): void {
    mkdirSync(dirname(path), { recursive: true });
    const { about, all } = this;
    writeFileSync(path, JSON.stringify({ about, made_at: new Date(), figures: all }, null, 2));
    console.warn([about, ...all.map(lineOf), `(${path})`].join('\n'));
  }
}

function lineOf({ what, value, unit, goal }: Figure): string {
  const judged = goal === null ? '' : value <= goal ? `goal ${goal}` : `goal ${goal} MISSED`;
  return `${what.padEnd(58)} ${String(value).padStart(10)} ${unit.padEnd(3)} ${judged}`;
}
