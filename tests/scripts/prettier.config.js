// As wide as the Python beside it.
export default { printWidth: 120 };
