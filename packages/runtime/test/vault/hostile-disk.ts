import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { SeededRandom } from '@nootropic/core'

/** A change of what is sealed, and how to take it back. */
interface Mutation {
  readonly name: string
  readonly undo: () => void
}

type Mutate = (model: string, others: readonly string[], random: SeededRandom) => Mutation | undefined

const pick = <Item>(items: readonly Item[], random: SeededRandom): Item => items[random.integer(items.length)] as Item
const anyFile = (model: string, random: SeededRandom): string => join(model, pick(readdirSync(model).sort(), random))

/** Changes the bytes of a file; undefined when they stay the same. */
const rewrite = (path: string, name: string, change: (bytes: Buffer) => Buffer): Mutation | undefined => {
  const original = readFileSync(path)
  const changed = change(Buffer.from(original))
  if (changed.equals(original)) return undefined
  writeFileSync(path, changed)
  return { name: `${name} ${path}`, undo: () => writeFileSync(path, original) }
}

const exchange = (left: string, right: string, name: string): Mutation => {
  const turn = () => {
    renameSync(left, `${left}.kept`)
    renameSync(right, left)
    renameSync(`${left}.kept`, right)
  }
  turn()
  return { name: `${name} ${left} ${right}`, undo: turn }
}

const mutations: readonly Mutate[] = [
  (model, _, random) =>
    rewrite(anyFile(model, random), 'flip', (bytes) => {
      const at = random.integer(bytes.length)
      bytes[at] = (bytes[at] as number) ^ (1 << random.integer(8))
      return bytes
    }),
  (model, _, random) =>
    rewrite(anyFile(model, random), 'cut', (bytes) => bytes.subarray(0, random.integer(bytes.length))),
  (model, _, random) =>
    rewrite(anyFile(model, random), 'append', (bytes) => Buffer.concat([bytes, Buffer.alloc(1 + random.integer(64))])),
  (model, _, random) =>
    rewrite(anyFile(model, random), 'zeros', (bytes) => {
      const start = random.integer(bytes.length)
      return bytes.fill(0, start, Math.min(bytes.length, start + 1 + random.integer(64)))
    }),
  (model, _, random) =>
    rewrite(anyFile(model, random), 'doubled', (bytes) =>
      Buffer.concat([bytes, bytes.subarray(random.integer(bytes.length))]),
    ),
  (model, _, random) => {
    const [left, right] = [anyFile(model, random), anyFile(model, random)]
    return left === right ? undefined : exchange(left, right, 'places')
  },
  (model, others, random) => {
    const file = pick(readdirSync(model), random)
    return exchange(join(model, file), join(pick(others, random), file), 'between models')
  },
  (model, others, random) => exchange(model, pick(others, random), 'whole models'),
  (model, others, random) => {
    const file = pick(readdirSync(model), random)
    const copied = readFileSync(join(pick(others, random), file))
    return rewrite(join(model, file), 'copied from another model', () => copied)
  },
  (model, _, random) => {
    const path = anyFile(model, random)
    renameSync(path, join(dirname(dirname(model)), 'moved'))
    return { name: `gone ${path}`, undo: () => renameSync(join(dirname(dirname(model)), 'moved'), path) }
  },
  (model, _, random) => {
    const path = join(model, pick(['file-9', 'index.1', '.hidden', 'seal.json~'], random))
    writeFileSync(path, 'x', { mode: 0o600 })
    return { name: `extra ${path}`, undo: () => unlinkSync(path) }
  },
  (model, _, random) => {
    const path = anyFile(model, random)
    const moved = join(dirname(dirname(model)), 'moved')
    renameSync(path, moved)
    symlinkSync(moved, path)
    const undo = () => {
      unlinkSync(path)
      renameSync(moved, path)
    }
    return { name: `link ${path}`, undo }
  },
  (model) => {
    const moved = join(dirname(dirname(model)), 'moved')
    renameSync(model, moved)
    symlinkSync(moved, model)
    const undo = () => {
      unlinkSync(model)
      renameSync(moved, model)
    }
    return { name: `linked model ${model}`, undo }
  },
  (model, _, random) => {
    const path = anyFile(model, random)
    const moved = join(dirname(dirname(model)), 'moved')
    renameSync(path, moved)
    mkdirSync(path, { mode: 0o700 })
    const undo = () => {
      rmdirSync(path)
      renameSync(moved, path)
    }
    return { name: `directory ${path}`, undo }
  },
  (model, _, random) => {
    const path = anyFile(model, random)
    chmodSync(path, pick([0o640, 0o604, 0o666], random))
    return { name: `mode ${path}`, undo: () => chmodSync(path, 0o600) }
  },
  (model, _, random) => {
    chmodSync(model, pick([0o750, 0o701, 0o777], random))
    return { name: `mode ${model}`, undo: () => chmodSync(model, 0o700) }
  },
  (model, _, random) => {
    const path = anyFile(model, random)
    const original = readFileSync(path)
    truncateSync(path)
    return { name: `empty ${path}`, undo: () => writeFileSync(path, original) }
  },
]

/** Changes something about the sealed model in a directory, which none of the others in the vault is. */
export const mutate = (model: string, others: readonly string[], random: SeededRandom): Mutation => {
  for (;;) {
    const mutation = pick(mutations, random)(model, others, random)
    if (mutation !== undefined) return mutation
  }
}
