const numeric = /^\d+$/

// Semantic Versioning 2.0.0, section 11: numbers by value and below text, a longer list of equal start above.
const compareIdentifiers = (left: string | undefined, right: string | undefined): number => {
  if (left === right) return 0
  if (left === undefined) return -1
  if (right === undefined) return 1
  const isNumeric = [numeric.test(left), numeric.test(right)]
  if (isNumeric[0] !== isNumeric[1]) return isNumeric[0] ? -1 : 1
  // Of any length: a number would round what is above 2^53.
  const [first, second] = isNumeric[0] ? [BigInt(left), BigInt(right)] : [left, right]
  return first === second ? 0 : first < second ? -1 : 1
}

const compareLists = (left: readonly string[], right: readonly string[]): number => {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = compareIdentifiers(left[index], right[index])
    if (order !== 0) return order
  }
  return 0
}

/**
 * The order of two versions that `modelVersionSchema` takes, by precedence: negative when `left` is lower.
 *
 * @example
 * ```ts
 * ['1.0.0', '1.0.0-rc.1', '0.10.0'].sort(compareVersions) // ['0.10.0', '1.0.0-rc.1', '1.0.0']
 * ```
 */
export const compareVersions = (left: string, right: string): number => {
  const [leftCore, leftPrerelease] = split(left)
  const [rightCore, rightPrerelease] = split(right)
  const order = compareLists(leftCore, rightCore)
  if (order !== 0) return order
  // A release is above its prereleases.
  if (leftPrerelease.length === 0 || rightPrerelease.length === 0) return rightPrerelease.length - leftPrerelease.length
  return compareLists(leftPrerelease, rightPrerelease)
}

const split = (version: string): [core: string[], prerelease: string[]] => {
  const dash = version.indexOf('-')
  if (dash < 0) return [version.split('.'), []]
  return [version.slice(0, dash).split('.'), version.slice(dash + 1).split('.')]
}
