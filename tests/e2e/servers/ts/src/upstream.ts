export async function note(id: string): Promise<string> {
  const headers: Record<string, string> = {};
  if (process.env.UPSTREAM_TOKEN) {
    headers["Authorization"] = `Bearer ${process.env.UPSTREAM_TOKEN}`;
  }
  const answer = await fetch(`${process.env.UPSTREAM_URL}/notes/${id}`, { headers });
  if (!answer.ok) throw new Error(`the upstream answered ${answer.status}`);
  return answer.text();
}
