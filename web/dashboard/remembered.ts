// Whether somebody was logged in when this browser was here last: a guess, before the server says.
const KEY = 'footage-logged-in';

export function wasLoggedIn(): boolean {
  return localStorage.getItem(KEY) !== null;
}

export function rememberLogin(loggedIn: boolean): void {
  if (loggedIn) localStorage.setItem(KEY, '');
  else localStorage.removeItem(KEY);
}
