/** What a mail to admins says. All of it is data: plain words that no template reads as markup. */
export type Notice = Readonly<{
  /** One line, without the name of the org: that is put before it. */
  subject: string
  /** A sentence or two each. */
  lines: readonly string[]
  /** The page to look at, such as `/webhooks`: a path of this program, which begins with one `/`. */
  linkPath: string
}>
