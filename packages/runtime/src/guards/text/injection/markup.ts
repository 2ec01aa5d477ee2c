import { createKeywordTable, type Keyword, scanKeywords } from '../../secrets/keyword-scan.ts'
import type { SignName } from './phrases.ts'

/** A sign that starts with a literal. */
interface Literal {
  readonly sign: SignName
  readonly weight: number
  /** What must stand where the literal does. */
  readonly form?: RegExp
  /** What its address must hold. */
  readonly holding?: RegExp
}

// No form reads over the start of the next one, or its window is read once: a text of nothing but triggers stays linear.
const image = /!\[[^\][\n]{0,80}\]\(\s?<?(https?:\/\/[^\s)]{0,300})/iy
const link = /\]\((https?:\/\/[^\s)]{0,300})/iy
const element = /<(?:img|iframe)\s([^<>]{0,300})/iy
// A query alone is what every badge has: it must have a blank to fill in, or name what it carries away.
const dataInAddress =
  /[{[$]|%7b|[?&](?:data|secret|token|key|password|content|chat|history|conversation|prompt|message|msg|query|q|payload|log|leak|exfil|text|info|c|d|s)=/i
const placeholder = /[{[$]|%7b/i
const addressWithData = /https?:[^\s{$]{0,300}[{$]/i
const atLineStart = (rest: string): RegExp => new RegExp(`(?<=(?:^|\\n)[ \\t]{0,4})${rest}`, 'iy')
const roleMember = /"role"\s{0,4}:\s{0,4}"(?:system|developer|tool)"/iy

const tokens: readonly string[] = [
  '<|im_start|>',
  '<|im_end|>',
  '<|im_sep|>',
  '<|system|>',
  '<|user|>',
  '<|assistant|>',
  '<|end|>',
  '<|endoftext|>',
  '<|endofprompt|>',
  '<|begin_of_text|>',
  '<|start_header_id|>',
  '<|end_header_id|>',
  '<|eot_id|>',
  '<|eom_id|>',
  '<|python_tag|>',
  '<|start|>',
  '<|channel|>',
  '<|message|>',
  '<|begin▁of▁sentence|>',
  '<|end▁of▁sentence|>',
  '<|start_of_turn_token|>',
  '<|end_of_turn_token|>',
  '<|start_of_role|>',
  '<start_of_turn>',
  '<end_of_turn>',
  '[inst]',
  '[/inst]',
  '<<sys>>',
  '<</sys>>',
  '[system_prompt]',
  '[/system_prompt]',
]
const toolCalls: readonly string[] = [
  '[tool_calls]',
  '[available_tools]',
  '<tool_call>',
  '<tool_response>',
  '<function_calls>',
  '<function_call>',
  '<|tool_call|>',
  '<invoke name=',
  '<function=',
  '"tool_calls"',
  '"function_call"',
]
const turns: readonly (readonly [string, number])[] = [
  ['system:', 0.45],
  ['developer:', 0.2],
  ['assistant:', 0.3],
  ['### system', 0.45],
  ['### instruction', 0.35],
  ['### response', 0.3],
  ['[system]', 0.4],
  ['<system>', 0.45],
]
// In languages that part no words: to set aside what was said before.
const unspaced: readonly string[] = [
  '忽略之前',
  '忽略以上',
  '忽略上面',
  '忽略所有',
  '忽略先前',
  '无视之前',
  '无视以上',
  '忽視之前',
  '以前の指示を無視',
  'これまでの指示を無視',
  '上記の指示を無視',
  '指示を無視',
  '指示を忘れ',
  '지시를 무시',
  '지시 사항을 무시',
  '지침을 무시',
  '명령을 무시',
  'ละเว้นคำสั่ง',
]

const keyword = (word: string, value: Literal): Keyword<Literal> => ({ word, ignoresCase: true, value })

const table = createKeywordTable<Literal>([
  ...tokens.map((word) => keyword(word, { sign: 'chat-template-token', weight: 0.6 })),
  ...toolCalls.map((word) => keyword(word, { sign: 'tool-call', weight: 0.5 })),
  ...turns.map(([word, weight]) =>
    keyword(word, { sign: 'role-turn', weight, form: atLineStart(word.replace(/[[\]]/g, '\\$&')) }),
  ),
  ...unspaced.map((word) => keyword(word, { sign: 'instruction-override', weight: 0.7 })),
  keyword('"role"', { sign: 'role-turn', weight: 0.45, form: roleMember }),
  keyword('![', { sign: 'exfiltrating-link', weight: 0.6, form: image, holding: dataInAddress }),
  keyword('](http', { sign: 'exfiltrating-link', weight: 0.5, form: link, holding: placeholder }),
  keyword('<img', { sign: 'exfiltrating-link', weight: 0.45, form: element, holding: addressWithData }),
  keyword('<iframe', { sign: 'exfiltrating-link', weight: 0.45, form: element, holding: addressWithData }),
  keyword('<script', { sign: 'active-markup', weight: 0.4 }),
  keyword('javascript:', { sign: 'active-markup', weight: 0.4 }),
  keyword('onerror=', { sign: 'active-markup', weight: 0.4 }),
])

// So many turns of a conversation in one text are an example to follow rather than a quotation.
const manyTurns = 8
const turnLine = /^[ \t]{0,4}(?:user|human|assistant|ai|q|a|bot)[ \t]?:/gim

/** Called for each sign that stands in a text. */
export type OnSign = (sign: SignName, weight: number, start: number, end: number) => void

/**
 * Finds tokens, turns, markup and links, by literals: two table look-ups for each character.
 *
 * @param work counts the forms tried and the characters that they matched.
 */
export const findMarkup = (text: string, onSign: OnSign, work?: { steps: number }): void => {
  let readUntil = 0
  scanKeywords(table, text, ({ sign, weight, form, holding }, at, end) => {
    if (form === undefined) {
      onSign(sign, weight, at, end)
      return
    }
    if (holding !== undefined && at < readUntil) return
    if (work !== undefined) work.steps += 1
    form.lastIndex = at
    const match = form.exec(text)
    if (match === null) return
    const [whole, address = ''] = match
    if (work !== undefined) work.steps += whole.length
    if (holding !== undefined) {
      readUntil = at + whole.length
      if (!holding.test(address)) return
    }
    onSign(sign, weight, at, at + whole.length)
  })
  let count = 0
  let first = 0
  for (const { index } of text.matchAll(turnLine)) {
    if (count === 0) first = index
    count += 1
    if (count < manyTurns) continue
    onSign('many-shot', 0.6, first, index)
    return
  }
}
