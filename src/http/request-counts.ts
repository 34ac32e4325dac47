import type { Labels, Metric, Sample } from '#lib/exposition.ts'

/** Upper bounds in seconds: from one statement of SQLite to a mail that is sent while one waits. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** What else a client makes up is counted as one, so that it cannot grow the list. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const OTHER_METHOD = 'OTHER'
const UNMATCHED = 'none'
/** 1xx to 5xx by their first digit. */
const CLASSES = 6

type RouteCounts = Readonly<{ byMethod: Map<string, Float64Array>; buckets: Float64Array }> & { seconds: number }

export type RequestCounts = ReturnType<typeof createRequestCounts>

/** Counts requests by route, method and class of status, and their time by route. As many series as there are routes. */
export function createRequestCounts() {
  const routes = new Map<string, RouteCounts>()

  function countsOf(route: string): RouteCounts {
    const found = routes.get(route)
    if (found) return found
    const made = { byMethod: new Map(), buckets: new Float64Array(BOUNDS.length + 1), seconds: 0 }
    routes.set(route, made)
    return made
  }

  return {
    /** `route` is the pattern that was found, never a path; undefined where there was none. */
    add(route: string | undefined, method: string, status: number, ms: number): void {
      const counts = countsOf(route ?? UNMATCHED)
      const known = METHODS.has(method) ? method : OTHER_METHOD
      let classes = counts.byMethod.get(known)
      if (!classes) {
        classes = new Float64Array(CLASSES)
        counts.byMethod.set(known, classes)
      }
      increment(classes, Math.trunc(status / 100))
      const seconds = ms / 1000
      increment(counts.buckets, bucketOf(seconds))
      counts.seconds += seconds
    },
    metrics: (): Metric[] => [
      {
        name: 'honeyframe_http_requests_total',
        kind: 'counter',
        help: 'Requests answered, by route pattern, method and class of status.',
        samples: [...routes].flatMap(([route, counts]) => totalsOf(route, counts)),
      },
      {
        name: 'honeyframe_http_request_duration_seconds',
        kind: 'histogram',
        help: 'Time from a request to its answer, by route pattern.',
        samples: [...routes].flatMap(([route, counts]) => histogramOf(route, counts)),
      },
    ],
  }
}

function increment(counts: Float64Array, place: number): void {
  counts[place] = (counts[place] ?? 0) + 1
}

function bucketOf(seconds: number): number {
  let place = 0
  while (place < BOUNDS.length && seconds > (BOUNDS[place] ?? 0)) place++
  return place
}

function totalsOf(route: string, { byMethod }: RouteCounts): Sample[] {
  return [...byMethod].flatMap(([method, classes]) =>
    [...classes].flatMap((value, digit) =>
      value > 0 ? [{ labels: { route, method, status: `${digit}xx` }, value }] : [],
    ),
  )
}

/** Each bucket also counts what is in the ones before it. */
function histogramOf(route: string, { buckets, seconds }: RouteCounts): Sample[] {
  let total = 0
  const cumulative = [...buckets].map((count, place) => {
    total += count
    const labels: Labels = { route, le: place < BOUNDS.length ? String(BOUNDS[place]) : '+Inf' }
    return { suffix: '_bucket', labels, value: total }
  })
  const labels = { route }
  return [...cumulative, { suffix: '_sum', labels, value: seconds }, { suffix: '_count', labels, value: total }]
}
