"""The derivatives of the operations, written once over an array namespace.

L is a lower factor of A = L·Lᴴ. A name with a dot is a tangent, a name with a bar a cotangent (in PyTorch's convention,
the gradient with respect to the conjugate; for real numbers there is no difference).

Source: Murray, Differentiation of the Cholesky decomposition, 2016 (arXiv 1602.07527), extended to Hermitian matrices:
the diagonal of the factor is real, so only the real part of its cotangent matters.
"""


class Derivatives:
    """`xp` has tril, conj and swapaxes; `solve(l, b, adjoint)` is L⁻¹·B or L⁻ᴴ·B and must be differentiable."""

    def __init__(self, xp, solve):
        self.xp = xp
        self.solve = solve

    def adjoint(self, x):
        return self.xp.conj(self.xp.swapaxes(x, -1, -2))

    def hermitian(self, x):
        return (x + self.adjoint(x)) / 2

    def _strict_and_diagonal(self, x):
        """The strict lower triangle, and the real part of the diagonal, as matrices."""
        strict = self.xp.tril(x, -1)
        diagonal = self.xp.tril(x) - strict
        return strict, (diagonal + self.xp.conj(diagonal)) / 2

    def cholesky_tangent(self, l, a_dot):
        """L̇ = L·Φ(L⁻¹·Ȧ·L⁻ᴴ), where Φ takes the lower triangle and half of the diagonal."""
        half = self.solve(l, self.hermitian(a_dot), False)
        strict, diagonal = self._strict_and_diagonal(self.solve(l, self.adjoint(half), False))
        return l @ (strict + diagonal / 2)

    def cholesky_cotangent(self, l, l_bar):
        """Ā = L⁻ᴴ·(P + Pᴴ)/2·L⁻¹ with P = Φ(Lᴴ·L̄): symmetric, as if both triangles of A were read."""
        strict, diagonal = self._strict_and_diagonal(self.adjoint(l) @ l_bar)
        half = self.solve(l, strict + self.adjoint(strict) + diagonal, True)
        return self.adjoint(self.solve(l, self.adjoint(half), True)) / 2

    def inverse_tangent(self, l, inverse, l_dot):
        """The tangent of A⁻¹ from L: −A⁻¹·Ȧ·A⁻¹ with Ȧ = L̇·Lᴴ + L·L̇ᴴ."""
        product = self.xp.tril(l_dot) @ self.adjoint(l)
        return -(inverse @ (product + self.adjoint(product)) @ inverse)

    def inverse_cotangent(self, l, inverse, inverse_bar):
        """L̄ = −tril((G + Gᴴ)·L) with G = A⁻¹·Ē·A⁻¹ for the cotangent Ē of the inverse."""
        g = inverse @ inverse_bar @ inverse
        return self.xp.tril(-(g + self.adjoint(g)) @ l)

    def inv_triangular_tangent(self, inverse, l_dot):
        """The tangent of L⁻¹: −L⁻¹·L̇·L⁻¹."""
        return -(inverse @ self.xp.tril(l_dot) @ inverse)

    def inv_triangular_cotangent(self, inverse, inverse_bar):
        """L̄ = −tril(L⁻ᴴ·Ē·L⁻ᴴ)."""
        h = self.adjoint(inverse)
        return -self.xp.tril(h @ inverse_bar @ h)
