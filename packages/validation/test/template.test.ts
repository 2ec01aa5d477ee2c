import { isAtLeast } from '@nootropic/core'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { soundGguf, text } from './support/gguf-file.ts'

const found = async (template: string): Promise<readonly string[]> => {
  const { findings } = await scan(soundGguf(['tokenizer.chat_template', text(template)]))
  return findings.filter(({ severity }) => isAtLeast(severity, 'medium')).map(({ rule }) => rule)
}

/** What the templates of current model families are made of, by what each needs. */
const harmless: Readonly<Record<string, string>> = {
  'alternating roles (Mistral)':
    "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate') }}{% endif %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% endfor %}",
  'a text that goes on in the next line (Mistral)':
    '{%- set system = "You are helpful.\\\n\\\nToday is " + strftime_now("%Y-%m-%d") + ".\\\n" %}{{ system }}',
  'the date and tools as JSON (Llama 3)':
    "{%- if not date_string is defined %}{%- if strftime_now is defined %}{%- set date_string = strftime_now('%d %b %Y') %}{%- else %}{%- set date_string = '26 Jul 2024' %}{%- endif %}{%- endif %}{%- for t in tools %}{{- t | tojson(indent=4) }}{%- endfor %}",
  'thinking that is cut off (Qwen 3)':
    "{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}{%- for message in messages[::-1] %}{%- set index = (messages|length - 1) - loop.index0 %}{%- if ns.multi_step_tool and message.role == 'user' and not (message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}{%- set ns.last_query_index = index %}{%- endif %}{%- endfor %}{%- for message in messages %}{%- if '</think>' in message.content %}{%- set content = message.content.split('</think>')[-1].lstrip('\\n') %}{%- endif %}{%- endfor %}",
  'marks beyond ASCII (DeepSeek)':
    "{{ '<｜User｜>' + messages[0]['content'] + '<｜end▁of▁sentence｜>' }}{%- set ns.is_first = true -%}",
  'schemas by recursive macros (Gemma, Command R)':
    "{%- set types = {'string': 'str', 'number': 'float'} %}{%- macro show(spec, depth=0) -%}{%- if spec.type in types %}{{ types[spec.type] }}{%- elif spec.type == 'array' %}{{ 'List[' + show(spec['items'], depth + 1) + ']' }}{%- else %}{%- for key, value in spec.properties.items() | sort %}{{ key ~ ': ' ~ show(value) }}{% if not loop.last %}, {% endif %}{%- endfor %}{%- endif %}{%- endmacro -%}{{ show(tools[0].function.parameters) }}",
  'what the model wrote, and leaving loops (SmolLM, Granite)':
    "{%- for m in messages %}{%- if m.role == 'tool' %}{%- continue %}{%- endif %}{% generation %}{{ m.content }}{{ eos_token }}{% endgeneration %}{%- if loop.index > 3 %}{%- break %}{%- endif %}{%- endfor %}",
  'parts of messages and images (Gemma, Idefics)':
    "{%- for item in messages[0]['content'] -%}{%- if item is mapping and item['type'] in ['image', 'image_url'] -%}{{ '<image>' }}{%- elif item is string -%}{{ item | trim | replace('\\n', ' ') }}{%- endif -%}{%- endfor -%}",
  'selected and joined (Functionary)':
    "{{ messages | selectattr('role', 'equalto', 'system') | map(attribute='content') | join('\\n') | default('none', true) | upper }}{{ tools | map(attribute='name') | list | length }}",
  'a caller and a filter of a block':
    '{% macro box() %}[{{ caller() }}]{% endmacro %}{% call box() %}{{ messages[0].content }}{% endcall %}{% filter trim %} x {% endfilter %}',
  'a part of the same set of templates':
    "{% from 'macros/tools.jinja' import show, hide as conceal %}{% import 'turns.jinja' as turns %}{% include 'head.jinja' ignore missing %}{{ show(tools) }}{{ conceal(tools) }}{{ turns.render(messages) }}",
  'a condition within an expression':
    "{{ ('<think>' if thinking else '</think>') + (messages[-1].content if messages else '') }}{{ '-' * 20 }}",
}

for (const [name, template] of Object.entries(harmless)) {
  test(`a harmless template passes: ${name}`, async () => {
    expect(await found(template)).toEqual([])
  })
}

/** Ways around a check that looks for names only, each by what makes it hard to see. */
const hostile: Readonly<Record<string, string>> = {
  'CVE-2024-34359: classes of an empty text': "{{ ''.__class__.__mro__[1].__subclasses__() }}",
  'a line that goes on inside a name': "{{ ''['__cl\\\nass__'] }}",
  'a backslash that would hide a comment from another parser': "{\\# {{ ''.__class__ }} #}",
  'a line end that would hide a comment from another parser': "{\\\n# {{ ''.__class__ }} #}",
  'a comment within a text': "{{ '{#' }}{{ ''.__class__ }}{{ '#}' }}",
  'an end of a statement within a text': "{% set a = '%}' ~ x.__class__ %}{{ a }}",
  'a file that a variable names': '{% include messages[0].content %}',
  'a file whose name is put together': "{% include 'a' ~ '/../../etc/passwd' %}",
  'a file outside': "{% include '../../.env' %}",
  'a file by its root': "{% import '/etc/passwd' as shown %}",
  'a dangerous method of an imported file': "{% import 'x.jinja' as os %}{{ os.popen('true') }}",
  'a method of what is not imported': "{% import 'x.jinja' as shown %}{{ other.render() }}",
  'marks of generation within a name': "{% generation %}{{ ''['__class__'] }}{% endgeneration %}",
  'an attribute with one underscore': '{% macro m() %}{% endmacro %}{{ m._environment }}',
  'a number before the attribute': '{% with %}{{ 1.__class__ }}{% endwith %}',
  'lines and spaces around the point': "{{ ''\n .\n __class__ }}",
  'a block that is given filters': "{% set x | attr('__class__') %}y{% endset %}",
  'an attribute by place': "{{ messages|sort(false, false, 'con' ~ 'tent') }}",
  'octal digits': "{{ ''['\\137\\137class\\137\\137'] }}",
  'texts that follow each other': "{{ ''['__cl' 'ass__'] }}",
  'a name out of a list': "{% for n in ['__class__'] %}{{ ''[n] }}{% endfor %}",
  'a name out of a mapping': "{{ ''[{'a': '__class__'}.a] }}",
  'a character of a text of an object': "{% set u = (messages|string)[3] %}{{ ''[u] }}",
  'a shell behind an unknown statement': "{% unknown %}{{ lipsum.__globals__.os.popen('id') }}",
}

for (const [name, template] of Object.entries(hostile)) {
  test(`a hostile template is blocked: ${name}`, async () => {
    expect(await found(template)).not.toEqual([])
  })
}

test('the languages of Go and Mustache pass where they stand for a template', async () => {
  for (const template of [
    '{{ if .System }}{{ .System }}{{ end }}{{ .Prompt }}',
    '{{#messages}}{{role}}: {{content}}{{/messages}}',
  ]) {
    expect([template, await found(template)]).toEqual([template, []])
  }
})

test('templates that only other parsers read keep their words checked', async () => {
  const report = await scan(
    soundGguf(['tokenizer.chat_template', text('{% with x = 1 %}{{ messages[x].content }}{% endwith %}')]),
  )
  expect([report.verdict, report.findings.map(({ rule }) => rule)]).toEqual(['pass', ['template/unparsed']])
})

/** A megabyte of what costs a careless parser more than linear time, or its stack. */
const expensive: Readonly<Record<string, string>> = {
  'white space': `{{ a }}${' '.repeat(1 << 20)}`,
  'openings of comments': '{#'.repeat(500_000),
  'quotes that are escaped': `{{ '${"\\'".repeat(500_000)}`,
  'conditions inside one another': '{% if a %}'.repeat(10_000),
  alternatives: `{% if a %}${'{% elif a %}'.repeat(10_000)}{% endif %}`,
  negations: `{{ ${'not '.repeat(39_000)} a }}`,
  'comparisons of the date': `{{ strftime_now('x') ${'== a '.repeat(13_000)} }}`,
  'calls of calls': `{{ a${'()'.repeat(15_000)} }}`,
  'one word': `{% if m.content == 'a' %}${'x'.repeat(1_000_000)}{% endif %}`,
  escapes: `{{ '${'\\x41'.repeat(200_000)}' }}`,
}

for (const [name, template] of Object.entries(expensive)) {
  test(`a template cannot exhaust the scanner by ${name}`, { timeout: 4000 }, async () => {
    const report = await scan(Buffer.from(template))
    expect(JSON.stringify(report.stages)).not.toContain('failed')
  })
}

const formatOf = async (content: string): Promise<string | undefined> =>
  (await scan(Buffer.from(content))).subject.format

test('a template is recognised by its marks, and what only shows one is not', async () => {
  const template = '{%- for m in messages %}\n{{ m.content }}\n{%- endfor %}\n'
  for (const content of [
    template,
    `[gMASK]<sop>\n${template}`,
    `<|im_start|>${template}`,
    `You are helpful.\n\n${template}`,
  ]) {
    expect([content, await formatOf(content)]).toEqual([content, 'jinja'])
  }
  for (const content of [
    `# A model\n\nIts template:\n\n\`\`\`jinja\n${template}\`\`\`\n`,
    `Its template is this.\n\n\`\`\`\n{{ ''.__class__ }}\n{% if x %}\n\`\`\`\n`,
    `{"chat_template": "{% if x %}"}`,
    `from jinja2 import Template\n\nt = Template("""${template}""")\n`,
    `<html><body>${template}</body></html>\n`,
    'A text with {{ braces }} in it.\n',
  ]) {
    expect([content, await formatOf(content)]).not.toEqual([content, 'jinja'])
  }
})

test("Ollama's file is recognised and passes; a Dockerfile is not one", async () => {
  const modelfile =
    'FROM ./model.gguf\nTEMPLATE """{{ if .System }}{{ .System }}{{ end }}{{ .Prompt }}"""\nPARAMETER stop "</s>"\n'
  const report = await scan(Buffer.from(`# a model\n${modelfile}`))
  expect([report.subject.format, report.verdict]).toEqual(['ollama-modelfile', 'pass'])
  expect(await formatOf('FROM node:20\nWORKDIR /app\nRUN npm ci\n')).not.toBe('ollama-modelfile')
  expect(await formatOf(`${'\n'.repeat(4000)}FRO`)).not.toBe('ollama-modelfile')
})

const reaching = "{{ ''.__class__.__mro__[1].__subclasses__() }}"

/** Templates that open like something else: a runtime renders all of what is named `chat_template.jinja`. */
const disguised: Readonly<Record<string, string>> = {
  Markdown: `# Title\n\nText\n${reaching}`,
  'Markdown of a paragraph': `<p>\n# x\n${reaching}`,
  'a long text': `${'Hello world, plain text here.\n'.repeat(300)}${reaching}`,
  'delimited values': `a,b\n1,2\n3,${reaching}\n`,
  YAML: `a: 1\nb: {{ ''|attr('_' * 2 ~ 'class') }}\n`,
  'Markdown with a name put together': `# T\n\nx\n{% set a = '_' ~ '_class_' ~ '_' %}\n{{ ''[a] }}`,
  'Markdown with a function': '# T\n\nx\n{{ lipsum.__globals__ }}',
  'a statement over many lines': `# T\n\nx\n{{ ''\n${'\n'.repeat(300_000)}.__class__ }}`,
}

for (const [kind, content] of Object.entries(disguised)) {
  test(`a template that opens like ${kind} is read as a template`, async () => {
    const { verdict, findings } = await scan(Buffer.from(content))
    expect([verdict, findings.some(({ rule }) => rule.startsWith('template/'))]).toEqual(['fail', true])
  })
}

test('documents that show snippets of templates pass', async () => {
  for (const content of [
    "# A model\n\n```jinja\n{% for m in messages %}{{ m['content'] | trim }}{% endfor %}\n```\n",
    '# A page\n\n```vue\n<a>{{ item.name + "x" }}</a> {{ $t("__x__") }}\n```\n',
    '# A page\n\n{% include "head.html" %}\n\n{{ page.title | markdownify }}\n',
    '# A workflow\n\nrun: {{ matrix["os"] }} $\n',
    'A reference: title = {{The {\\"U}ber Model}}, year = {2020}\n',
  ]) {
    const { verdict } = await scan(Buffer.from(content))
    expect([content, verdict]).toEqual([content, 'pass'])
  }
})

test('what all templates of a file may cost is bounded (CWE-770)', async () => {
  const templates = Array.from({ length: 10_000 }, (_, name) => ({
    name: String(name),
    template: '{{ messages[0].content }}',
  }))
  const { verdict } = await scan(Buffer.from(JSON.stringify({ tokenizer_class: 'X', chat_template: templates })))
  expect(verdict).toBe('incomplete')
})
