import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { readJson } from '../src/scan/configuration/json-reader.ts'
import { backtracksWithoutBound } from '../src/scan/configuration/patterns.ts'
import { judgeTarget } from '../src/scan/configuration/targets.ts'
import { readYaml } from '../src/scan/configuration/yaml-reader.ts'
import { scan } from '../src/scan/index.ts'

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

test('CVE-2020-14343: a Python tag is seen through every way of writing it', () => {
  for (const text of [
    'a: !!python/object/apply:os.system []',
    'a: !<tag:yaml.org,2002:python/object/apply:os.system> []',
    '%TAG ! tag:yaml.org,2002:python/\n---\na: !object/apply:os.system []',
  ]) {
    expect(readYaml(text).tags.map(({ tag }) => tag)).toEqual(['tag:yaml.org,2002:python/object/apply:os.system'])
  }
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
