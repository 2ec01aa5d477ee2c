import type { SeededRandom } from '@nootropic/core'

/** Brings `items` into a random order, in place (Fisher and Yates, by Durstenfeld 1964). */
export const shuffle = <Item>(items: Item[], random: SeededRandom): Item[] => {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1)
    const item = items[last] as Item
    items[last] = items[other] as Item
    items[other] = item
  }
  return items
}
