// Drawings of the products, as inline SVG.

const SHAPES = {
  kettle:
    '<path d="M38 96h44l-6-50H46z"/><path d="M46 46c2-10 28-10 30 0"/><path d="M80 66c14-2 12-26 24-30"/><path d="M40 56c-18 0-18 30 2 30"/>',
  dripper: '<path d="M34 40h52L70 82H50z"/><path d="M44 90h32"/><path d="M86 46c14 0 12 20-4 22"/>',
  press:
    '<rect x="44" y="44" width="32" height="54" rx="4"/><path d="M60 44V24M52 24h16M44 58h32"/>',
  grinder:
    '<rect x="46" y="48" width="28" height="50" rx="6"/><path d="M60 48V34h28"/><circle cx="90" cy="30" r="5"/><path d="M46 70h28"/>',
  scale:
    '<rect x="28" y="58" width="64" height="34" rx="6"/><path d="M34 52h52"/><path d="M66 78h16"/>',
  mug: '<path d="M38 44h40v44a8 8 0 0 1-8 8H46a8 8 0 0 1-8-8z"/><path d="M78 54c18-2 18 28 0 26"/><path d="M50 34c-4-6 4-8 0-14M64 34c-4-6 4-8 0-14"/>',
  bag: '<path d="M40 40h40l4 58H36z"/><path d="M40 40l4-12h32l4 12"/><path d="M60 60c-10 8-10 18 0 24 10-6 10-16 0-24z"/>',
} as const;

export type Shape = keyof typeof SHAPES;

export function drawing(shape: Shape, tint: string): string {
  return `<svg class="drawing" viewBox="0 0 120 120" role="img" aria-label="${shape}" fill="none"
    stroke="${tint}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">
    <rect width="120" height="120" fill="${tint}" opacity=".1" stroke="none"/>${SHAPES[shape]}</svg>`;
}
