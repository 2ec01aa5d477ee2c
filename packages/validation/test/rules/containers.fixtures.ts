import { deflateRawSync, gzipSync } from 'node:zlib'
import { tarOf } from '../support/tar-builder.ts'
import { zipOf } from '../support/zip-builder.ts'
import type { RoomFixtures } from './fixture.ts'

const text = '# A model\n'
const model = { name: 'model.md', data: text }
const other = { name: 'other.md', data: '# Another\n' }

const sound = (): Buffer => zipOf([model, { ...other, name: 'directory/other.md' }])
const soundTar = (): Buffer =>
  tarOf([model, { name: 'directory/', type: '5' }, { ...other, name: './directory/other.md' }])

const torchScript = (code: string): Buffer =>
  zipOf([
    { name: 'net/data.pkl', data: '\x80\x02}.' },
    { name: 'net/constants.pkl', data: '\x80\x02).' },
    { name: 'net/code/__torch__.py', data: code, method: 8 },
  ])

// By the size alone: what it expands to is made once and never held as an archive.
const zeros = Buffer.alloc(70 * 2 ** 20)

/** Made by py7zr: an entry of a sound name, and one that climbs. */
const sevenZip = {
  sound:
    'N3q8ryccAATkzSPvbAAAAAAAAAAUAAAAAAAAAEH+YIQBAAkjIEEgbW9kZWwKAOAAWgBWXQAAgTMHrg/OyE3r1UenEd2ct1Cr9X35+2tNMN0SifOz9lZi0YuzwfqbXWB9WN+iwiupv2o1Jj4ZjQwk/yJtLE26i+5nSZQVgDGeuZGzEswx9Qz//QAAAAAXBg4BCV4ABwsBAAEhIQEYDFsAAA==',
  climbing:
    'N3q8ryccAASey2/XdQAAAAAAAAAUAAAAAAAAAN3RUx4BAAkjIEEgbW9kZWwKAOAAbABfXQAAgTMHrg/OyE3r1UenEd2ct1Cr9X35+2tNMN0SifOz9lZi0YuzwfqbXWB9WN+iwnqkmepbn1gy2WSxi0PX3zg7xXaL8+ygkvHNqanpxkqr0+VV6ZumUzgNLBI2BQAAAAAXBg4BCWcABwsBAAEhIQEYDG0AAA==',
} as const
const unpacked = (archive: keyof typeof sevenZip) => (): Buffer => Buffer.from(sevenZip[archive], 'base64')

/** What the rules about entries of any archive report and leave alone. */
export const fixtures: RoomFixtures = {
  'containers/entry-outside': {
    positive: {
      'a zip entry that climbs': () => zipOf([{ ...model, name: 'sub/../../model.md' }]),
      'a zip entry with a drive': () => zipOf([{ ...model, name: 'C:\\model.md' }]),
      'CVE-2007-4559: a tar entry that climbs': () => tarOf([{ ...model, name: '../model.md' }]),
      'CVE-2024-5187: an absolute tar entry': () => tarOf([{ ...model, name: '/etc/model.md' }]),
      'a 7z entry that climbs': unpacked('climbing'),
      'an entry that climbs by backslashes': () => zipOf([{ ...model, name: '..\\model.md' }]),
    },
    negative: {
      'names inside a zip': sound,
      'names inside a tar': soundTar,
      'dots in names': () => zipOf([{ ...model, name: 'v1..2/...model.md' }]),
      'a way up and down again': () => zipOf([{ ...model, name: 'sub/../model.md' }]),
      'a 7z entry': unpacked('sound'),
    },
  },
  'containers/entry-name-deceptive': {
    positive: {
      'a NUL in a name': () => zipOf([{ ...model, name: 'model.md\0.txt' }]),
      'a name that is written from right to left': () => tarOf([{ ...model, name: 'model\u202Edm.exe' }]),
    },
    negative: {
      'plain names': sound,
      'names in other alphabets': () => zipOf([{ ...model, name: '模型/مدل.md', flags: 0x800 }]),
    },
  },
  'containers/entry-backslash': {
    positive: {
      'a zip of Windows': () => zipOf([{ ...model, name: 'directory\\model.md' }]),
      'a tar of Windows': () => tarOf([{ ...model, name: 'directory\\model.md' }]),
    },
    negative: { 'slashes in a zip': sound, 'slashes in a tar': soundTar },
  },
  'containers/entry-twice': {
    positive: {
      'a name twice in a zip': () => zipOf([model, { ...other, name: model.name }]),
      'a name twice in a tar': () => tarOf([model, { ...other, name: model.name }]),
      'a name twice up to a NUL': () => zipOf([model, { ...other, name: 'model.md\0b' }]),
    },
    negative: {
      'two names': sound,
      'a directory twice': () => tarOf([{ name: 'directory/', type: '5' }, { name: 'directory/', type: '5' }, model]),
    },
  },
  'containers/entry-twice-by-case': {
    positive: {
      'a zip with two names for PyTorch': () => zipOf([model, { ...other, name: 'MODEL.md' }]),
      'a tar with two names for Windows': () => tarOf([model, { ...other, name: 'model.MD' }]),
    },
    negative: {
      'two names': sound,
      'the same name in two directories': () => zipOf([model, { ...other, name: 'a/Model.md' }]),
    },
  },
  'containers/link-outside': {
    positive: {
      'a link in a zip to the password file': () =>
        zipOf([{ name: 'link', data: '/etc/passwd', central: { mode: 0o120777 } }]),
      'a link in a tar that climbs': () => tarOf([{ name: 'a/link', type: '2', linkTarget: '../../secret' }]),
      'a hard link in a tar to an absolute name': () => tarOf([{ name: 'link', type: '1', linkTarget: '/etc/passwd' }]),
    },
    negative: {
      'a link in a zip to another entry': () =>
        zipOf([model, { name: 'link', data: 'model.md', central: { mode: 0o120777 } }]),
      'a link in a tar that climbs and stays': () =>
        tarOf([model, { name: 'a/link', type: '2', linkTarget: '../model.md' }]),
    },
  },
  'containers/link-inside': {
    positive: {
      'a link in a zip': () => zipOf([model, { name: 'link', data: 'model.md', central: { mode: 0o120777 } }]),
      'a hard link in a tar': () => tarOf([model, { name: 'link', type: '1', linkTarget: 'model.md' }]),
    },
    negative: { 'no link in a zip': sound, 'no link in a tar': soundTar },
  },
  'containers/entry-special': {
    positive: {
      'a device in a tar': () => tarOf([{ name: 'memory', type: '3' }, model]),
      'a pipe in a tar': () => tarOf([{ name: 'pipe', type: '6' }, model]),
      'a device in a zip': () => zipOf([{ ...model, central: { mode: 0o060644 } }]),
    },
    negative: {
      'files and directories': soundTar,
      'what zip read from its standard input': () => zipOf([{ name: '-', data: text, central: { mode: 0o010600 } }]),
    },
  },
  'containers/entry-encrypted': {
    positive: {
      'CVE-2025-1945: the flag in both headers': () => zipOf([{ ...model, flags: 1 }]),
      'CVE-2025-1945: the flag in the directory only': () => zipOf([{ ...model, central: { flags: 1 } }]),
    },
    negative: { 'a plain zip': sound, 'a plain 7z': unpacked('sound') },
  },
  'containers/entry-runs-itself': {
    positive: {
      'a zip that Python runs': () => zipOf([{ ...model, name: '__main__.py', data: 'pass\n' }]),
      'a module that Python imports at its start': () =>
        tarOf([{ ...model, name: 'lib/sitecustomize.py', data: 'pass\n' }]),
    },
    negative: {
      'code in a package': () => zipOf([{ ...model, name: 'package/__main__.py', data: 'pass\n' }]),
      'a checkpoint': () => zipOf([{ ...model, name: 'policy.pth' }]),
    },
  },
  'containers/handler-code': {
    positive: {
      'CVE-2023-43654: a handler': () =>
        zipOf([
          { name: 'MAR-INF/MANIFEST.json', data: '{"model": {"handler": "handler.py"}}' },
          { name: 'handler.py', data: 'pass\n' },
        ]),
      'code in a directory': () =>
        zipOf([
          { name: 'lib/model.PY', data: 'pass\n' },
          { name: 'MAR-INF/MANIFEST.json', data: '{"model": {"handler": "image_classifier"}}' },
        ]),
    },
    negative: {
      'an archive with a handler of the server': () =>
        zipOf([{ name: 'MAR-INF/MANIFEST.json', data: '{"model": {"handler": "image_classifier"}}' }, model]),
      'code in another archive': () => zipOf([{ name: 'handler.py', data: 'pass\n' }, model]),
    },
  },
  'containers/torchscript-file-access': {
    positive: {
      'a file that is read': () => torchScript('    x = torch.from_file("/etc/hostname", False, 8)\n'),
      'a file that is written': () => torchScript('    torch.save(x, "/tmp/x")\n'),
      'an operator of a native library': () => torchScript('    y = ops.custom.run(x)\n'),
    },
    negative: {
      'operators on tensors': () => torchScript('    y = torch.add(torch.matmul(x, self.weight), self.bias)\n'),
      'operators of torchvision': () => torchScript('    y = ops.torchvision.nms(boxes, scores, 0.5)\n'),
    },
  },
  'containers/bomb': {
    positive: {
      'a zip of zeros': () => zipOf([{ name: 'zeros', data: zeros, compressed: deflateRawSync(zeros), method: 8 }]),
      'a gzip of zeros': () => gzipSync(zeros),
    },
    negative: {
      'a few zeros': () => gzipSync(zeros.subarray(0, 2 ** 20)),
      'zeros that are stored': () => zipOf([{ name: 'zeros', data: zeros.subarray(0, 2 ** 20) }]),
    },
  },
}
