"""What a stack costs in a month: a dated snapshot of prices, quantities read from plain resources, and the sum."""
