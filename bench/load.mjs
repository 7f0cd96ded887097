/** Sends requests over a given number of connections, and measures how long the responses take. */
import http from 'node:http';

export function createLoad() {
  const shared = new http.Agent({ keepAlive: true });

  /** Returns the body of one response as bytes. */
  function ask(url, query, variables, agent = shared) {
    const body = JSON.stringify({ query, variables });
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json',
    };
    return new Promise((resolve, reject) => {
      const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          if (response.statusCode === 200) resolve(bytes);
          else reject(new Error(`${url} answered ${response.statusCode}: ${bytes.toString().slice(0, 300)}`));
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Returns one response, and the milliseconds until its last byte arrived. */
  async function timed(url, query, variables) {
    const begun = performance.now();
    const bytes = await ask(url, query, variables);
    return { ms: performance.now() - begun, bytes };
  }

  /** Returns one response as an object. @throws if it has errors or incomplete lists */
  async function answerOf(url, query, variables) {
    return wholeAnswer(url, await ask(url, query, variables));
  }

  /**
   * Sends requests for a given time, at least one on each connection.
   * @param questionAt returns the query and the variables of the n-th request
   */
  async function run(url, questionAt, { connections, ms }) {
    // Each run has its own agent, because servers close connections that are idle while other servers are measured.
    const agent = new http.Agent({ keepAlive: true });
    const begun = performance.now();
    let answers = 0;
    const connection = async () => {
      do {
        const { query, variables } = questionAt(answers);
        await ask(url, query, variables, agent);
        answers += 1;
      } while (performance.now() - begun < ms);
    };
    await Promise.all(Array.from({ length: connections }, connection));
    const taken = performance.now() - begun;
    agent.destroy();
    return { answers, ms: taken };
  }

  return { ask, timed, answerOf, run, close: () => shared.destroy() };
}

/** Parses the response of a URL. @throws if it has errors or incomplete lists */
export function wholeAnswer(url, bytes) {
  const answer = JSON.parse(bytes.toString());
  const isWhole = !answer.errors && !answer.extensions?.upstream?.incomplete?.length;
  if (!isWhole) throw new Error(`${url}: ${JSON.stringify(answer.errors ?? answer.extensions)}`);
  return answer;
}
