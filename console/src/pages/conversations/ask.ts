/** A first request, for an installation that nobody has used yet. */
export const ASK = `curl ${location.origin}/v1/chat -H "Authorization: Bearer $KEY" -d '{"user_id":"alice","messages":[{"role":"user","content":"Hello"}]}'`;
