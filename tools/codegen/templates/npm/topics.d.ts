/** Why a topic filter cannot be registered; it is no filter itself, only the text of an error. */
type FilterProblem<Filter extends string> = Filter extends ''
  ? 'a topic filter is not empty; leave the filters out to get every topic'
  : Filter extends `${'$share' | '$queue'}/${string}`
    ? 'a topic filter is no shared subscription; give the part after the group'
    : LevelProblem<Filter>

type LevelProblem<Levels extends string> = Levels extends `#/${string}`
  ? "'#' may only be the last level of a topic filter"
  : Levels extends `${infer Level}/${infer Rest}`
    ? IsLevel<Level> extends true
      ? LevelProblem<Rest>
      : "'+' and '#' stand alone between the slashes of a topic filter"
    : IsLevel<Levels> extends true
      ? never
      : "'+' and '#' stand alone between the slashes of a topic filter"

type IsLevel<Level extends string> = Level extends '+' | '#'
  ? true
  : Level extends `${string}${'+' | '#'}${string}`
    ? false
    : true

/** Whether something is not known before the program runs, as in `string` and `` `a/${string}` ``. */
type IsOpen<Text extends string> = {} extends Record<Text, true> ? true : false

/** The filter, where the compiler sees no error in it. */
type CheckedFilter<Filter> = Filter extends string
  ? IsOpen<Filter> extends true
    ? Filter
    : [FilterProblem<Filter>] extends [never]
      ? Filter
      : FilterProblem<Filter>
  : Filter

/** The filters, where the compiler sees no error in them. */
type CheckedFilters<Filters extends readonly string[]> = {
  readonly [Index in keyof Filters]: CheckedFilter<Filters[Index]>
} & (Filters extends readonly []
  ? { readonly problem: 'there are no topic filters; leave the array out to get every topic' }
  : unknown)

/** The topic, where the compiler sees no error in it. */
type CheckedTopic<Topic extends string> =
  IsOpen<Topic> extends true
    ? Topic
    : Topic extends ''
      ? 'the topic of a message is not empty'
      : Topic extends `${string}${'+' | '#'}${string}`
        ? "'+' and '#' are for topic filters, not for the topic of a message"
        : Topic

/** What `replace()` changes in a message; what is not given stays as it is. */
export interface MessageChanges<Topic extends string = string> {
  /** Another topic: not empty, without `+`, `#` and NUL, of at most 65,535 bytes. */
  topic?: CheckedTopic<Topic> | undefined
  /** Another quality of service. */
  qos?: Qos | undefined
  /** Another payload: bytes, or a text that is sent as UTF-8. */
  payload?: string | Uint8Array | undefined
}
