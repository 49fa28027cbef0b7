const POUNDS = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'GBP' });

export function pounds(cents: number): string {
  return POUNDS.format(cents / 100);
}
