import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { readJson } from '../src/scan/configuration/json-reader.ts'
import { backtracksWithoutBound } from '../src/scan/configuration/patterns.ts'
import { judgeTarget } from '../src/scan/configuration/targets.ts'
import { readYaml } from '../src/scan/configuration/yaml-reader.ts'
import { scan } from '../src/scan/index.ts'
import { dangerousGlobals } from '../src/scan/pickle/dangerous-globals.ts'

const verdictOf = async (content: string) => {
  const { verdict, subject, findings } = await scan(Buffer.from(content))
  return { verdict, format: subject.format, rules: [...new Set(findings.map(({ rule }) => rule))] }
}

test('JSON is read as JSON.parse reads it, whatever its shape', () => {
  const random = createSeededRandom(7)
  const value = (depth: number): unknown => {
    const kind = random.integer(depth > 4 ? 5 : 7)
    if (kind === 0) return random.integer(1_000_000) / 8 - 1000
    if (kind === 1) return `t"\\\n${String.fromCharCode(random.integer(0xd7ff))}\u{1F600}`
    if (kind === 2) return [true, false, null][random.integer(3)]
    if (kind === 3) return -random.integer(1_000_000_000)
    if (kind === 4) return ''
    if (kind === 5) return Array.from({ length: random.integer(5) }, () => value(depth + 1))
    return Object.fromEntries(Array.from({ length: random.integer(5) }, (_, index) => [`k${index}é`, value(depth + 1)]))
  }
  for (let round = 0; round < 500; round += 1) {
    const text = JSON.stringify(value(0), undefined, round % 3)
    expect(readJson(text)).toEqual({ documents: [JSON.parse(text)], duplicates: [] })
  }
})

test('JSON is read as leniently as the most lenient loader', () => {
  expect(readJson('\uFEFF{"a": NaN, "b": -Infinity, /* c */ "d": [1, 2,], // e\n}').documents).toEqual([
    { a: Number.NaN, b: Number.NEGATIVE_INFINITY, d: [1, 2] },
  ])
  expect(readJson('{"a":1}\n{"a":2}\n').documents).toEqual([{ a: 1 }, { a: 2 }])
})

test('what stood before a fault is kept, and looked at', async () => {
  expect(readJson('{"a": {"b": 1, "c": [2, ').documents).toEqual([{ a: { b: 1, c: [2] } }])
  const hostile = await verdictOf('{"model": {"_target_": "os.system", "command": "true"}, !!')
  expect(hostile.verdict).toBe('fail')
  expect(hostile.rules).toContain('configuration/dangerous-target')
})

test('a document of too many keys or objects is incomplete, and what follows the limit is looked at (CWE-770)', async () => {
  const keys = Array.from({ length: 2 ** 19 + 1 }, (_, index) => `"${index.toString(36)}a":""`)
  const objects = '{},'.repeat(2 ** 18 + 1)
  for (const text of [`{${keys.join()}}`, `[${objects}0]`]) {
    const { fault } = readJson(text)
    expect(fault?.kind).toBe('size')
  }
  const hidden = `{"a":[${objects}"-----BEGIN RSA PRIVATE KEY-----\\nMIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt\\n"]}`
  const { verdict, rules } = await verdictOf(hidden)
  expect([verdict, rules]).toEqual(['fail', [expect.stringMatching(/^text\//)]])
  const vocabulary = Array.from({ length: 262_144 }, (_, index) => `"t${index}":${index}`)
  expect((await verdictOf(`{${vocabulary.join()}}`)).verdict).toBe('pass')
})

test('a mistake in YAML hides nothing that stands beside it', async () => {
  const hostile = await verdictOf('model:\n  _target_: os.system\n  command: "true"\nbroken: "unclosed\n')
  expect(hostile.rules).toContain('configuration/dangerous-target')
})

test('a document that is cut off is incomplete, never passed', async () => {
  expect((await verdictOf('{"hidden_size": 64, "vocab')).verdict).toBe('incomplete')
  expect((await verdictOf('{"hidden_size": 64} trailing')).verdict).toBe('incomplete')
})

test('no mutation of a hostile configuration throws, and none hides behind a parser', async () => {
  const random = createSeededRandom(11)
  const base = JSON.stringify({ model: { _target_: 'os.system', args: ['true'], list: [1, 2.5, null, 'text'] } })
  for (let round = 0; round < 300; round += 1) {
    const bytes = Buffer.from(base)
    for (let change = 0; change <= random.integer(3); change += 1)
      bytes[random.integer(bytes.length)] = 32 + random.integer(95)
    const report = await scan(bytes)
    expect(report.stages[0]?.note ?? '').not.toContain('failed')
    // A change may break the name; with the name and its key in their places the call must be seen.
    const isWhole = bytes.toString('latin1').startsWith('{"model":{"_target_":"os.system",')
    if (isWhole) expect([bytes.toString('latin1'), report.verdict]).toEqual([bytes.toString('latin1'), 'fail'])
  }
})

test('formats and dialects are told by what the document says', async () => {
  const cases: Readonly<Record<string, string>> = {
    'transformers-config': '{"architectures": ["BertModel"], "model_type": "bert"}',
    tokenizer: '{"version": "1.0", "added_tokens": [], "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}',
    'tokenizer-config': '{"tokenizer_class": "BertTokenizer", "model_max_length": 512}',
    'generation-config': '{"_from_model_config": true, "eos_token_id": 2}',
    'preprocessor-config': '{"image_processor_type": "ViTImageProcessor", "size": 224}',
    'adapter-config': '{"peft_type": "LORA", "r": 8}',
    'diffusers-model-index':
      '{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}',
    'diffusers-config': '{"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.30.0", "sample_size": 64}',
    'sentence-transformers-modules':
      '[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]',
    'special-tokens-map': '{"bos_token": "<s>", "eos_token": "</s>"}',
    'trainer-state': '{"global_step": 10, "log_history": []}',
    'vocabulary-json': JSON.stringify(
      Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t${index}`, index])),
    ),
    'safetensors-index': '{"metadata": {}, "weight_map": {"a": "model-00001.safetensors"}}',
    notebook: '{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    'json-lines': '{"text": "one"}\n{"text": "two"}\n',
    json: '{"anything": [1, 2, 3]}',
    'mlflow-model': 'flavors:\n  sklearn:\n    pickled_model: model.pkl\nrun_id: abc\n',
    'conda-environment': 'name: env\nchannels:\n- conda-forge\ndependencies:\n- python=3.10\n',
    'hydra-config': 'optimizer:\n  _target_: torch.optim.AdamW\n  lr: 0.1\n',
    yaml: 'rate: 0.1\nlayers:\n  - 1\n  - 2\n',
    toml: '[project]\nname = "own"\nversion = "1.0"\n',
    ini: '[metadata]\nname = own\nfiles = a b\n',
    requirements: 'torch==2.1.0\nnumpy>=1.24,<2\n',
    merges: '#version: 0.2\nt h\nth e\n',
    vocabulary: '[PAD]\n[UNK]\n[CLS]\nhello\n##ing\n',
    csv: 'id,label\n1,cat\n2,dog\n',
    markdown: '---\nlicense: mit\ntags:\n- vision\n---\n\n# A model\n',
    text: 'MIT License\n\nPermission is hereby granted, free of charge.\n',
  }
  for (const [format, content] of Object.entries(cases)) {
    expect([format, await verdictOf(content)]).toEqual([format, { verdict: 'pass', format, rules: [] }])
  }
})

test('CVE-2025-23304: only what a model library has may be instantiated', () => {
  expect(judgeTarget('torch.nn.Linear').kind).toBe('known')
  expect(judgeTarget('own.Linear').kind).toBe('unknown')
  for (const name of ['os.system', 'builtins.exec', 'torch.load', 'torch.hub.load', 'subprocess.run', 'joblib.load']) {
    expect([name, judgeTarget(name).kind]).toEqual([name, 'dangerous'])
  }
})

test('a target is dangerous by its name or by any module that it is in, however long it is', () => {
  const kinds = [
    'os.path.join',
    'torch.hub.load',
    'torch.hub.load.inner',
    'torch.nn.Linear',
    `a${'.a'.repeat(1e6)}`,
  ].map((name) => judgeTarget(name).kind)
  expect(kinds).toEqual(['dangerous', 'dangerous', 'dangerous', 'known', 'unknown'])
  for (const { module, names } of dangerousGlobals) {
    for (const name of names ?? ['anything.at.all']) expect(judgeTarget(`${module}.${name}`).kind).toBe('dangerous')
  }
})

test('CVE-2020-14343: a Python tag is seen through every way of writing it', () => {
  for (const text of [
    'a: !!python/object/apply:os.system []',
    'a: !<tag:yaml.org,2002:python/object/apply:os.system> []',
    '%TAG ! tag:yaml.org,2002:python/\n---\na: !object/apply:os.system []',
  ]) {
    expect(readYaml(text).tags.map(({ tag }) => tag)).toEqual(['tag:yaml.org,2002:python/object/apply:os.system'])
  }
})

const call = '!!python/object/apply:os.system [echo]'

/** What PyYAML executes: none may pass, whatever it opens like. */
const executed: Readonly<Record<string, string>> = {
  'a verbatim tag with an escape':
    '#    Title\n# more\n- !<tag:yaml.org,2002:%70ython/object/apply:os.system> [echo]\n',
  'a flow list that looks like delimited values': '[a,b,\nc,d,\n!!%70ython/object/apply:os.system [echo]]\n',
  'keys that look like delimited values': '? a,b\n? c,d\n? !!%70ython/object/apply:os.system [echo]\n',
  'a next line in a comment': `a: 1 # \u0085x: ${call}\n`,
  'a line separator in a comment': `# \u2028x: ${call}\n`,
  'a paragraph separator in a comment': `a: 1 # \u2029x: ${call}\n`,
  'a carriage return in a comment': `a: 1 # \rx: ${call}\n`,
  'a line of YAML 1.1 and a second tag behind it': `# T\n\u0085${call}\n!t \n`,
  'a tag inside another list, behind its type': `# Title\n!!seq [${call}]\n`,
  'a tag behind an anchor': `# Title\n\nText, no YAML: here: it: is &a ${call}\n- &b ${call}\n`,
  'a directive in a text too long to be parsed': `%TAG !e! tag:yaml.org,2002:py\n---\na: ${'x'.repeat(300_000)}\nb: !e!thon/object/apply:os.system [echo]\n`,
  'a directive in many documents': `${'--- 1\n'.repeat(1001)}...\n%TAG !e! tag:yaml.org,2002:python/o\n--- !e!bject/apply:os.system [echo]\n`,
  'a template of mappings as keys': `{{${call}: b}: c}`,
  'a list in the braces of a text': `# Title\na: {b: [\n"x", - ${call}]}\n`,
  'an entry behind entries and keys': `# Title\n- ? - ${call}\n  : 1\n`,
  'brackets behind brackets': `# Title\n[ [${call}], {a: ${call}}]\n`,
  'a document of its own inside a fence': `# Title\nText\n\`\`\`\n--- ${call}\n...\n\`\`\`\n`,
  'a list inside a fence of tildes': `# Title\n[a,\n~~~\n, ${call},\n~~~\n]\n`,
  'a code span inside a list': `# Title\n{? x\n\`a: ${call}}\n`,
  'an object that is made before its state is read': '# Title\na: !!python/object:os.getcwd text\n',
  'a word on the next line': '# Title\na: !!python/object/apply:os.getcwd\n  word: 1\n',
  'fences inside quoted texts': `# Title\na: "\n\`\`\`\n"\nb: ${call}\nc: "\n\`\`\`\n"\n`,
}

for (const [way, text] of Object.entries(executed)) {
  test(`CVE-2020-14343: ${way} hides no Python tag`, async () => {
    const { verdict, rules } = await verdictOf(text)
    expect([verdict, rules.includes('configuration/python-tag')]).toEqual(['fail', true])
  })
}

test('CVE-2025-23304: a target behind an end of line that only YAML 1.1 knows is seen', async () => {
  const { rules } = await verdictOf('a: 1 # \u0085_target_: os.system\n')
  expect(rules).toContain('configuration/dangerous-target')
})

test('documents about YAML pass with the examples that they show', async () => {
  for (const text of [
    '# Loading\n\nLoad it:\n\n```yaml\nlr: 0.1\nlist: !!set {a, b}\n```\n',
    `# Danger\n\nNever load this: it calls.\n\n\`\`\`yaml\nx: ${call}\n\`\`\`\n`,
    `# Danger\n\nNever load this: it calls.\n\n~~~yaml\nx: ${call}\n~~~\n`,
    `Release notes\n\nNever load this: it calls.\n\n\`\`\`yaml\nx: ${call}\n\`\`\`\n`,
    '# Tags\n\nA file may hold\n!!python/object/apply:os.system which a loader calls.\n',
    '# Tags\n\nThere are !!python/name:os.system, !!python/object/apply:os.system and more - !!python/module:os - beside.\n',
    '# Tags\n\nSee [!!python/object/apply:os.system](https://example.org/tags).\n',
    `# Tags\n\n* \`a: ${call}\` calls it.\n* other\n`,
    `# Tags\n\n\`${call}\` calls it.\n`,
    'Notes\n\nFixed: !!python/object/apply:os.system is no longer called. Thanks: all.\n',
    'The tag !!python/name:module.name imports, and `!!python/object:module.Class` builds.\n',
    'x: !!python/tuple [1, 2]\n',
  ]) {
    expect([text, (await verdictOf(text)).verdict]).toEqual([text, 'pass'])
  }
})

test('YAML of thousands of aliases takes no quadratic time, and does not pass unread (CWE-407)', async () => {
  const { verdict } = await verdictOf(
    `a: &a [x]\n${Array.from({ length: 10_000 }, (_, n) => `b${n}: [*a,*a]\n`).join('')}`,
  )
  expect(verdict).toBe('incomplete')
})

test('expressions of published tokenizers are linear, and nested repetitions are not', () => {
  const published = [
    String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`,
    String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re)?|\p{N}{1,3}`,
    String.raw`<\|startoftext\|>|<\|endoftext\|>|'s|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`,
    String.raw`\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))`,
  ]
  for (const expression of published)
    expect([expression, backtracksWithoutBound(expression)]).toEqual([expression, false])
  for (const expression of ['(x+x*)+y', '(?:a|b+)*c', String.raw`([a-z]+\s?)+$`]) {
    expect([expression, backtracksWithoutBound(expression)]).toEqual([expression, true])
  }
})
