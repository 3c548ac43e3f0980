import App
print(a())
