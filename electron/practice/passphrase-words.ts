import { randomInt } from 'node:crypto';

/** Short, common, easily told apart when read aloud. */
const WORDS =
  `acorn amber apple april arrow autumn badger bakery barley basket beaver berry birch blanket blossom
  bottle branch bread breeze bridge bucket butter button candle carrot castle cedar chalk cherry chimney
  clover cobble coffee copper corner cotton cradle cricket daisy dawn dragonfly drizzle elder ember
  evening falcon feather fennel fern fiddle field finch flour forest fossil fountain garden garlic
  ginger granite harbour harvest hazel heather hedgehog hollow honey horizon island ivory jacket juniper
  kettle kitchen ladder lantern laurel lavender lemon lettuce linen lobster maple marble meadow melon
  mitten morning mosaic mustard nectar noodle nutmeg oatmeal olive orchard otter paddle paper parsley
  pebble pepper pillow plum pocket pollen poplar puddle quarry quilt raisin raven ribbon river rosemary
  saddle saffron sailor sparrow spruce summer sunday teapot thimble thistle timber tulip turnip umbrella
  velvet village walnut whistle willow window winter wren yarrow`.split(/\s+/);

/**
 * A passphrase of four words, such as `otter-lemon-quilt-harbour`. Enough for practice mail, and no more: it is
 * kept in a file beside the key it belongs to.
 */
export function readablePassphrase(): string {
  // randomInt stays below its upper end, so every index is within the list.
  return Array.from({ length: 4 }, () => WORDS[randomInt(WORDS.length)] ?? '').join('-');
}
