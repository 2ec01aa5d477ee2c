import { createSeededRandom } from '@nootropic/core'
import { raw } from './pickle-bytes.ts'
import { PickleWriter, texts } from './pickle-writer.ts'

// Pickles that CPython mostly follows deep: the generator keeps a stack and a memo of its own, and now and then breaks a
// rule on purpose. The names that do harm are only written down; the oracle refuses them before anything is imported.

type Name = readonly [module: string, name: string]

/** Names that load and run nothing; the oracle knows the same ones. Each has arguments that it takes. */
const harmless: readonly (readonly [string, string, (build: PickleWriter) => void])[] = [
  ['collections', 'OrderedDict', (build) => build.emptyTuple()],
  ['collections', 'Counter', (build) => build.emptyTuple()],
  ['collections', 'deque', (build) => build.emptyTuple()],
  ['types', 'SimpleNamespace', (build) => build.emptyTuple()],
  ['builtins', 'set', (build) => build.tupleOf(() => build.list())],
  ['builtins', 'frozenset', (build) => build.tupleOf(() => build.list())],
  ['builtins', 'list', (build) => build.tupleOf(() => build.list())],
  ['builtins', 'bytearray', (build) => build.tupleOf(() => build.bytes())],
  ['builtins', 'str', (build) => build.tupleOf(() => build.text(build.pick(texts)))],
  ['builtins', 'complex', (build) => build.tupleOf(() => build.float())],
  ['datetime', 'timedelta', (build) => build.tupleOf(() => build.integer())],
  ['decimal', 'Decimal', (build) => build.tupleOf(() => build.integer())],
  ['fractions', 'Fraction', (build) => build.tupleOf(() => build.integer())],
]

const harmful: readonly Name[] = [
  ['os', 'system'],
  ['posix', 'system'],
  ['builtins', 'eval'],
  ['__builtin__', 'exec'],
  ['subprocess', 'Popen'],
  ['commands', 'getoutput'],
  ['importlib', 'import_module'],
  ['numpy', 'load'],
  ['a.b', 'c.d'],
  ['collections', 'OrderedDict.clear'],
  ['builtins', 'getattr'],
  ['copy_reg', '_reconstructor'],
  ['mod\u00fcl', 'n\u00e4me'],
  ['x', '\u4e2d'],
]

class PickleGenerator extends PickleWriter {
  /** A name on the stack, by one of the ways there are. */
  name(module: string, name: string): void {
    const text = `${module}.${name}`
    if (this.chance(0.4)) {
      this.push(Buffer.concat([raw('c'), Buffer.from(`${module}\n${name}\n`, 'utf8')]), { kind: 'name', text })
      return
    }
    for (const operand of [module, name]) {
      if (this.chance(0.3) && this.recallText(operand)) continue
      this.text(operand)
      if (this.chance(0.3)) this.remember()
      if (this.chance(0.1)) this.write('20')
    }
    this.stack.length -= 2
    this.push('\x93', { kind: 'name', text })
  }

  /** Calls a name: REDUCE, NEWOBJ, NEWOBJ_EX, OBJ or INST. */
  call(module: string, name: string, argumentsOf: () => void): void {
    const way = this.below(5)
    if (way === 0 && /^[ -~]*$/.test(module + name)) {
      this.mark()
      this.stack.length = this.markAt()
      this.push(Buffer.concat([raw('i'), Buffer.from(`${module}\n${name}\n`, 'utf8')]), { kind: 'object' })
      return
    }
    if (way === 1) {
      this.mark()
      this.name(module, name)
      this.endMark('o', 'object')
      return
    }
    this.name(module, name)
    argumentsOf()
    if (way === 2) this.push('}', { kind: 'dict' })
    this.stack.length = Math.max(0, this.stack.length - (way === 2 ? 3 : 2))
    this.push(way === 2 ? '\x92' : way === 3 ? '\x81' : 'R', { kind: 'object' })
  }

  callHarmless(): void {
    const [module, name, argumentsOf] = this.pick(harmless)
    const way = this.below(8)
    if (way < 2) {
      this.name(module, name)
      return
    }
    if (way < 4) {
      this.call(module, name, () => argumentsOf(this))
      return
    }
    this.name(module, name)
    argumentsOf(this)
    this.stack.length -= 2
    this.push('R', { kind: 'object' })
  }

  callHarmful(): void {
    const [module, name] = this.pick(harmful)
    if (this.chance(0.5)) this.call(module, name, () => this.tupleOf(() => this.text('a')))
    else this.name(module, name)
  }

  /** A namespace with a state. */
  build(): void {
    this.name('types', 'SimpleNamespace')
    this.emptyTuple()
    this.stack.length -= 2
    this.push('\x81', { kind: 'object' })
    this.push('}', { kind: 'dict' })
    this.fill()
    this.stack.pop()
    this.write('b')
  }

  /** What a sound pickle does not have; CPython refuses most of it. */
  oddity(): void {
    this.write(
      this.pick<Buffer | string>([
        'P1\n', 'NQ', '\x97', '\x98', '\x82\x01', '\x83\x01\x01', '\x84\x01\x01\x01\x01', 'I1x\n', "S'a\n", 'g999\n', 'h\xff',
        '0000000', 't', 'R', '\x93', 'b', 's', 'e', '\x81', 'c\n\n', 'Vbad\\u12\n', '\xff', '\x8cz', '\x80\x09', '.', '\x95',
        'L\n', 'F\n', 'F 1.5 \n', "S'a' \n", 'ix\n\u00e4\n', 'p-1\n', 'j\xff\xff\xff\x7f', 'T\xff\xff\xff\xff', '\x8e\0\0\0\0\0\0\0\x80', 'd', 'NNo', '(o', ']N\x93',
        raw('N\x85\x93'), 'NN\x93', "S'os'\nN\x93",
      ]),
    ) // biome-ignore format: opcodes read better side by side
  }

  finish(): void {
    if (this.chance(0.15)) return
    if (this.top === undefined || this.top.kind === 'mark') this.constant()
    this.write('.')
    if (this.chance(0.2)) this.write('cos\nsystem\n.')
  }
}

/** The pickle of a seed: the same bytes on every platform. */
export const generatePickle = (seed: number): Buffer => {
  const random = createSeededRandom(seed)
  const build = new PickleGenerator(random)
  const oddness = random.uniform() < 0.3 ? 0.06 : 0
  const harm = random.uniform() < 0.85 ? 0.09 : 0
  if (random.uniform() < 0.7) build.framing()
  const steps = 2 + random.integer(24)
  const actions: readonly (readonly [number, () => void])[] = [
    [10, () => build.scalar()],
    [8, () => build.container()],
    [8, () => build.fill()],
    [8, () => build.remember()],
    [6, () => build.recall()],
    [6, () => build.callHarmless()],
    [2, () => build.build()],
    [3, () => build.discard()],
    [2, () => build.duplicate()],
    [1, () => build.mark()],
    [1, () => build.framing()],
  ]
  const total = actions.reduce((sum, [weight]) => sum + weight, 0)
  for (let step = 0; step < steps; step += 1) {
    if (random.uniform() < oddness) build.oddity()
    if (random.uniform() < harm) build.callHarmful()
    let at = random.uniform() * total
    for (const [weight, act] of actions) {
      at -= weight
      if (at < 0) {
        act()
        break
      }
    }
  }
  build.finish()
  const bytes = build.bytesSoFar
  // Some are cut off or have a byte changed.
  if (random.uniform() < 0.03) return bytes.subarray(0, random.integer(bytes.length + 1))
  if (random.uniform() < 0.05 && bytes.length > 0) bytes[random.integer(bytes.length)] = random.integer(256)
  return bytes
}
