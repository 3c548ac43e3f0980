package let y = 1
