import {
  assemble,
  call,
  named,
  orderedDictionary,
  type PicklePart,
  proto,
  small,
  text,
  tuple,
} from './pickle-assembler.ts'
import { zipOf } from './zip-builder.ts'

/** A tensor of so many floats in the storage `0`, as torch writes it. */
export const tensor = (count: number): Buffer =>
  call(
    named('torch._utils', '_rebuild_tensor_v2'),
    assemble(tuple(text('storage'), named('torch', 'FloatStorage'), text('0'), text('cpu'), small(count)), 'Q'),
    small(0),
    assemble(small(count), '\x85'),
    assemble(small(1), '\x85'),
    '\x89',
    orderedDictionary,
  )

/** What `torch.save` writes of one object with one storage of so many bytes. */
export const torchZip = (content: PicklePart, storage: number): Uint8Array =>
  zipOf([
    { name: 'archive/data.pkl', data: assemble(proto(2), content, '.') },
    { name: 'archive/data/0', data: Buffer.alloc(storage) },
    { name: 'archive/version', data: '3\n' },
  ])
