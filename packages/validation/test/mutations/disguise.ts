import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { SeededRandom } from '@nootropic/core'

/** A pickle that names and calls `os.system` or the like; it is never loaded. */
export interface DangerousPickle {
  readonly bytes: Buffer
  readonly called: string
}

const callables = [
  'os system',
  'posix system',
  'nt system',
  'subprocess Popen',
  'builtins eval',
  '__builtin__ exec',
  'runpy _run_code',
  'no.such.module anything',
  'torch.no_such_part thing',
]

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

/** Opcodes that leave the stack as it was, as padding is made of. */
const idle: readonly ((random: SeededRandom) => Buffer)[] = [
  () => latin1('N0'),
  () => latin1('(1'),
  () => latin1('K\x07200'),
  () => latin1(']0'),
  (random) => latin1(`I${random.integer(1000)}\n0`),
  (random) => latin1(`Nq${String.fromCharCode(random.integer(256))}0`),
  (random) =>
    Buffer.concat([latin1('C\x08'), Buffer.from(Array.from({ length: 8 }, () => random.integer(256))), latin1('0')]),
  () => latin1('}(K\x01K\x02u0'),
  () => latin1('ccollections\nOrderedDict\n)R0'),
]

const padding = (random: SeededRandom): Buffer =>
  Buffer.concat(
    Array.from({ length: random.integer(6) }, () => idle[random.integer(idle.length)]?.(random) ?? Buffer.alloc(0)),
  )

const shortText = (text: string): Buffer => Buffer.concat([latin1('\x8c'), Buffer.from([text.length]), latin1(text)])

/** The same call, written in one of the ways that CPython reads. */
export const dangerousPickle = (random: SeededRandom): DangerousPickle => {
  const [module = '', name = ''] = (callables[random.integer(callables.length)] ?? '').split(' ')
  const pad = () => padding(random)
  const argument = latin1("S'echo'\n")
  const forms: readonly (() => Buffer[])[] = [
    () => [latin1(`c${module}\n${name}\n`), pad(), latin1('('), argument, latin1('tR')],
    () => [latin1('('), argument, latin1(`i${module}\n${name}\n`)],
    () => [latin1(`(c${module}\n${name}\n`), argument, latin1('o')],
    () => [
      latin1('\x80\x04'),
      pad(),
      shortText(module),
      shortText(name),
      latin1('\x93'),
      pad(),
      argument,
      latin1('\x85R'),
    ],
    () => [
      latin1('\x80\x04'),
      shortText(name),
      latin1('\x94'),
      shortText(module),
      latin1('\x94'),
      latin1('h\x01h\x00\x93'),
      argument,
      latin1('\x85R'),
    ],
    () => [latin1(`\x80\x02c${module}\n${name}\n`), argument, latin1('\x85\x81')],
    () => [latin1(`\x80\x04c${module}\n${name}\n`), argument, latin1('\x85}\x92')],
    () => [latin1(`c${module}\n${name}\n0N.`)],
  ]
  const form = forms[random.integer(forms.length)]?.() ?? []
  const tails = ['.', '', '.trailing bytes', '\xff', '0.', 'N.N.']
  const isFramed = form[0]?.[0] === 0x80
  const lead = isFramed ? Buffer.alloc(0) : pad()
  return {
    bytes: Buffer.concat([lead, ...form, pad(), latin1(tails[random.integer(tails.length)] ?? '.')]),
    called: `${module}.${name}`,
  }
}

const zipOf = (name: string, content: Buffer, random: SeededRandom): Buffer => {
  const isStored = random.integer(2) === 0
  const data = isStored ? content : deflateRawSync(content)
  // Wrong checksums and flags are what scanners stumbled over (CVE-2025-10156, CVE-2025-1945).
  const flags = [0, 0, 0, 1, 0x20, 0x40, 0x800][random.integer(7)] ?? 0
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(flags, 2)
  fields.writeUInt16LE(isStored ? 0 : 8, 4)
  fields.writeUInt32LE(random.integer(2 ** 31), 10)
  fields.writeUInt32LE(data.length, 14)
  fields.writeUInt32LE(content.length, 18)
  fields.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([latin1('PK\x03\x04'), fields, latin1(name), data])
  const central = Buffer.concat([latin1('PK\x01\x02\x14\0'), fields, Buffer.alloc(14), latin1(name)])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, end])
}

const tarOf = (name: string, content: Buffer): Buffer => {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\x000000000\0', 108)
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        0', 148)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512), Buffer.alloc(1024)])
}

const numpyOf = (pickle: Buffer): Buffer => {
  const header = `${"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".padEnd(117)}\n`
  return Buffer.concat([latin1('\x93NUMPY\x01\0'), Buffer.from([header.length, 0]), latin1(header), pickle])
}

const names = ['data.pkl', 'archive/data.pkl', 'model.bin', 'README.md', 'weights.safetensors']

/** Ways in which a dangerous pickle reaches a loader: each keeps it loadable. */
const wrappings: readonly ((content: Buffer, random: SeededRandom) => Buffer)[] = [
  (content) => content,
  (content, random) => zipOf(names[random.integer(names.length)] ?? '', content, random),
  (content, random) => tarOf(names[random.integer(names.length)] ?? '', content),
  (content) => gzipSync(content),
  (content) => deflateSync(content),
]

/** The pickle inside up to three containers, or in an array of objects. */
export const disguise = ({ bytes }: DangerousPickle, random: SeededRandom): Buffer => {
  let content = random.integer(6) === 0 ? numpyOf(bytes) : bytes
  for (let depth = random.integer(4); depth > 0; depth -= 1) {
    content = wrappings[random.integer(wrappings.length)]?.(content, random) ?? content
  }
  return content
}
