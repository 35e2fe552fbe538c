import { z } from 'zod'

/** `reveal=1` shows secrets as they were recorded. It asks for the right `reveal`, and is recorded as such. */
export const Reveal = z.literal('1').optional()

/** How many values in this answer are hidden behind `•`; 0 when revealed. */
export const Masked = z.int().nonnegative()
