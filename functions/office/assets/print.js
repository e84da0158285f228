// Prints the slip by one press.
const button = document.getElementById("cetak");
button.hidden = false;
button.addEventListener("click", () => print());
button.focus();
