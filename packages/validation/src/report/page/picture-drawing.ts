import { type Html, html } from '@nootropic/core/page'
import type { Picture } from '../attack-figures.ts'

/** Shades a channel is drawn in: few enough that runs of a shade are long, and a page of pictures stays small. */
const shades = 16

const shadeOf = (value: number): number => Math.round((value / 255) * (shades - 1))
const hexOf = (shade: number): string =>
  Math.round((shade / (shades - 1)) * 255)
    .toString(16)
    .padStart(2, '0')

const colourAt = ({ width, channels, pixels }: Picture, x: number, y: number): string => {
  const place = (y * width + x) * channels
  const [red, green, blue] = [0, 1, 2].map((channel) =>
    hexOf(shadeOf(pixels[place + (channels === 1 ? 0 : channel)] ?? 0)),
  )
  return `#${red}${green}${blue}`
}

/** One path for each colour: the runs of it, row by row. */
const pathsOf = (picture: Picture): ReadonlyMap<string, string> => {
  const paths = new Map<string, string>()
  for (let y = 0; y < picture.height; y += 1) {
    for (let x = 0; x < picture.width; ) {
      const colour = colourAt(picture, x, y)
      let end = x + 1
      while (end < picture.width && colourAt(picture, end, y) === colour) end += 1
      paths.set(colour, `${paths.get(colour) ?? ''}M${x} ${y}h${end - x}v1h${x - end}z`)
      x = end
    }
  }
  return paths
}

/** A small picture as SVG, which needs no image to be loaded. */
export const drawPicture = (picture: Picture, description: string): Html =>
  html`<svg viewBox="0 0 ${picture.width} ${picture.height}" shape-rendering="crispEdges" role="img" aria-label="${description}">${[
    ...pathsOf(picture),
  ].map(([colour, path]) => html`<path fill="${colour}" d="${path}"/>`)}</svg>`
