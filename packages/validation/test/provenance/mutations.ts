import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { SeededRandom } from '@nootropic/core'

/** Something done to a model or its signature, and how it is undone. */
export interface Mutation {
  readonly what: string
  undo(): void
}

const pick = <Item>(items: readonly Item[], random: SeededRandom): Item => items[random.integer(items.length)] as Item

const flipBit = (bytes: Buffer, random: SeededRandom): Buffer => {
  const bent = Buffer.from(bytes)
  const index = random.integer(bent.length)
  bent[index] = (bent[index] ?? 0) ^ (1 << random.integer(8))
  return bent
}

const cut = (bytes: Buffer, random: SeededRandom): Buffer => bytes.subarray(0, random.integer(bytes.length))

const insert = (bytes: Buffer, random: SeededRandom): Buffer => {
  const index = random.integer(bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, index), Buffer.from([random.integer(256)]), bytes.subarray(index)])
}

const drop = (bytes: Buffer, random: SeededRandom): Buffer => {
  const index = random.integer(bytes.length)
  return Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + 1)])
}

const bend = (bytes: Buffer, random: SeededRandom): Buffer =>
  pick([flipBit, flipBit, cut, insert, drop], random)(bytes, random)

interface BundleJson {
  mediaType: string
  verificationMaterial: {
    publicKey?: { hint?: string }
    x509CertificateChain?: { certificates: { rawBytes: string }[] }
    tlogEntries?: unknown[]
  }
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid?: string | null }[] }
}

const inBase64 = (text: string, change: (bytes: Buffer) => Buffer): string =>
  change(Buffer.from(text, 'base64')).toString('base64')

type BundleChange = (bundle: BundleJson, random: SeededRandom, other: BundleJson) => void

/** What can be done to a bundle beside flipping its text; `other` is the bundle of another model by the same signer. */
const bundleChanges: Readonly<Record<string, BundleChange>> = {
  payload: ({ dsseEnvelope }, random) => {
    dsseEnvelope.payload = inBase64(dsseEnvelope.payload, (bytes) => bend(bytes, random))
  },
  'digest in the payload': ({ dsseEnvelope }, random) => {
    dsseEnvelope.payload = inBase64(dsseEnvelope.payload, (bytes) => {
      const digests = [...bytes.toString('latin1').matchAll(/[0-9a-f]{64}/g)]
      const at = pick(digests, random).index + random.integer(64)
      const bent = Buffer.from(bytes)
      bent.write(
        pick(
          [...'0123456789abcdef'].filter((digit) => digit.charCodeAt(0) !== bent[at]),
          random,
        ),
        at,
        'latin1',
      )
      return bent
    })
  },
  'payload of another model': (bundle, _, other) => {
    bundle.dsseEnvelope.payload = other.dsseEnvelope.payload
  },
  'signature of another model': (bundle, _, other) => {
    bundle.dsseEnvelope.signatures = other.dsseEnvelope.signatures
  },
  'envelope of another model': (bundle, _, other) => {
    bundle.dsseEnvelope = other.dsseEnvelope
  },
  signature: ({ dsseEnvelope }, random) => {
    const [first] = dsseEnvelope.signatures
    if (first !== undefined) first.sig = inBase64(first.sig, (bytes) => bend(bytes, random))
  },
  'two signatures': ({ dsseEnvelope }, _, other) => {
    dsseEnvelope.signatures.push(...other.dsseEnvelope.signatures)
  },
  'no signature': ({ dsseEnvelope }) => {
    dsseEnvelope.signatures = []
  },
  'payload type': ({ dsseEnvelope }, random) => {
    dsseEnvelope.payloadType = bend(Buffer.from(dsseEnvelope.payloadType), random).toString('latin1')
  },
  'key hint': ({ verificationMaterial: { publicKey } }, random) => {
    if (publicKey?.hint !== undefined) publicKey.hint = flipBit(Buffer.from(publicKey.hint), random).toString('latin1')
  },
  certificate: ({ verificationMaterial: { x509CertificateChain: chain } }, random) => {
    if (chain === undefined) return
    const certificate = pick(chain.certificates, random)
    certificate.rawBytes = inBase64(certificate.rawBytes, (bytes) => bend(bytes, random))
  },
  'dropped certificate': ({ verificationMaterial: { x509CertificateChain: chain } }, random) => {
    chain?.certificates.splice(random.integer(chain.certificates.length), 1)
  },
  'swapped certificates': ({ verificationMaterial: { x509CertificateChain: chain } }) => {
    chain?.certificates.reverse()
  },
  'repeated certificate': ({ verificationMaterial: { x509CertificateChain: chain } }, random) => {
    if (chain !== undefined) chain.certificates.push(pick(chain.certificates, random))
  },
  'material of another kind': (bundle, random) => {
    const { x509CertificateChain: chain } = bundle.verificationMaterial
    bundle.verificationMaterial =
      chain === undefined || random.integer(2) === 0
        ? { x509CertificateChain: { certificates: [{ rawBytes: 'MAA=' }] } }
        : { publicKey: {}, x509CertificateChain: chain }
  },
}

/** Changes the signature file. */
export const mutateBundle = (path: string, otherPath: string, random: SeededRandom): Mutation => {
  const before = readFileSync(path)
  const undo = (): void => writeFileSync(path, before)
  if (random.integer(3) === 0) {
    writeFileSync(path, bend(before, random))
    return { what: 'text of the bundle', undo }
  }
  const other = JSON.parse(readFileSync(otherPath, 'utf8')) as BundleJson
  const original = JSON.stringify(JSON.parse(before.toString()))
  // Some changes need certificates or a hint: those that leave the bundle as it was are tried anew.
  for (;;) {
    const name = pick(Object.keys(bundleChanges), random)
    const bundle = JSON.parse(original) as BundleJson
    bundleChanges[name]?.(bundle, random, other)
    const text = JSON.stringify(bundle)
    if (text === original) continue
    writeFileSync(path, text)
    return { what: `${name} of the bundle`, undo }
  }
}

/** The files below a directory, by their paths inside it. */
const filesOf = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => !lstatSync(join(directory, path)).isDirectory())
    .sort()

type TreeChange = (directory: string, file: string, random: SeededRandom, files: readonly string[]) => () => void

const rewritten = (location: string, change: (location: string) => void): (() => void) => {
  const before = readFileSync(location)
  change(location)
  return () => writeFileSync(location, before)
}

const renamed = (location: string, name: string): (() => void) => {
  const target = join(dirname(location), name)
  renameSync(location, target)
  return () => renameSync(target, location)
}

const added = (location: string, content: string | Buffer): (() => void) => {
  writeFileSync(location, content)
  return () => rmSync(location)
}

const turnedCase = (name: string, random: SeededRandom): string => {
  const letters = [...name].map((letter, index) => [letter, index] as const).filter(([letter]) => /[a-z]/i.test(letter))
  const [letter, at] = pick(letters, random)
  const turned = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
  return [...name].map((other, index) => (index === at ? turned : other)).join('')
}

const treeChanges: Readonly<Record<string, TreeChange>> = {
  'a flipped bit': (directory, file, random) =>
    rewritten(join(directory, file), (location) => writeFileSync(location, flipBit(readFileSync(location), random))),
  'a truncated file': (directory, file, random) =>
    rewritten(join(directory, file), (location) =>
      truncateSync(location, random.integer(readFileSync(location).length)),
    ),
  'an appended byte': (directory, file, random) =>
    rewritten(join(directory, file), (location) => appendFileSync(location, Buffer.from([random.integer(256)]))),
  'swapped files': (directory, file, random, files) => {
    const other = pick(
      files.filter((path) => path !== file),
      random,
    )
    const [left, right] = [readFileSync(join(directory, file)), readFileSync(join(directory, other))]
    writeFileSync(join(directory, file), right)
    writeFileSync(join(directory, other), left)
    return () => {
      writeFileSync(join(directory, file), left)
      writeFileSync(join(directory, other), right)
    }
  },
  'a renamed file': (directory, file, random) =>
    renamed(join(directory, file), `${basename(file)}${random.integer(10)}`),
  'another case': (directory, file, random) => renamed(join(directory, file), turnedCase(basename(file), random)),
  'another normal form': (directory, _, random) => {
    const [composed, decomposed] = ['modèle.bin', 'modèle.bin'.normalize('NFD')]
    if (random.integer(2) === 0) return renamed(join(directory, composed), decomposed)
    return added(join(directory, decomposed), readFileSync(join(directory, composed)))
  },
  'a moved file': (directory, file) => {
    const target = join(directory, file.includes('/') ? basename(file) : join('data', `${file}.moved`))
    renameSync(join(directory, file), target)
    return () => renameSync(target, join(directory, file))
  },
  'a missing file': (directory, file) => rewritten(join(directory, file), (location) => rmSync(location)),
  'a link to the same bytes': (directory, file) => {
    const location = join(directory, file)
    const outside = join(directory, '..', 'outside')
    renameSync(location, outside)
    symlinkSync(outside, location)
    return () => renameSync(outside, location)
  },
  'a link to another file': (directory, file, random, files) => {
    const location = join(directory, file)
    const before = readFileSync(location)
    const other = pick(
      files.filter((path) => path !== file),
      random,
    )
    rmSync(location)
    symlinkSync(join(directory, other), location)
    return () => {
      rmSync(location)
      writeFileSync(location, before)
    }
  },
  'a directory that is a link': (directory) => {
    const [location, outside] = [join(directory, 'data'), join(directory, '..', 'elsewhere')]
    renameSync(location, outside)
    symlinkSync(outside, location)
    return () => {
      rmSync(location)
      renameSync(outside, location)
    }
  },
  'a file that is a directory': (directory, file) => {
    const location = join(directory, file)
    const before = readFileSync(location)
    rmSync(location)
    mkdirSync(location)
    writeFileSync(join(location, basename(file)), before)
    return () => {
      rmSync(location, { recursive: true })
      writeFileSync(location, before)
    }
  },
  'an extra file': (directory, _, random) =>
    added(join(directory, pick(['', 'data'], random), `extra-${random.integer(100)}`), 'x'),
  'a hidden file': (directory, _, random) =>
    added(
      join(directory, pick(['', 'data'], random), pick(['.hidden', '.model.sig', '.gitmodules', '.GIT'], random)),
      'x',
    ),
  'an empty extra file': (directory, _, random) =>
    added(join(directory, pick(['__init__.py', 'data/empty'], random)), ''),
  'a second signature': (directory, _, random) =>
    added(
      join(directory, pick(['Model.sig', 'model.sig ', 'data/model.sig'], random)),
      readFileSync(join(directory, 'model.sig')),
    ),
  'an extra link': (directory) => {
    symlinkSync('config.json', join(directory, 'link'))
    return () => rmSync(join(directory, 'link'))
  },
  'git below the top': (directory) => {
    mkdirSync(join(directory, 'data/.git'))
    writeFileSync(join(directory, 'data/.git/hooks'), 'x')
    return () => rmSync(join(directory, 'data/.git'), { recursive: true })
  },
}

/** Changes the files of the model at `directory`. */
export const mutateTree = (directory: string, random: SeededRandom): Mutation => {
  const name = pick(Object.keys(treeChanges), random)
  const files = filesOf(directory).filter((path) => path !== 'model.sig')
  const change = treeChanges[name] as TreeChange
  return { what: name, undo: change(directory, pick(files, random), random, files) }
}
